import {
  BasePathMapping,
  DomainName,
  EndpointType,
  type RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';

/** A name of one’s own for the API; it hides the stage, and the API’s own address goes on working. */
export interface DomainProps {
  /** E.g. `events.example.com`. */
  readonly name: string;
  /** For that name, in this stack’s region. */
  readonly certificate: ICertificate;
  /** The Route 53 zone that gets the records; without it, point the name at the output `DomainTarget` yourself. */
  readonly zone?: IHostedZone;
}

/** The API under a name of one’s own, TLS 1.2 and later. */
export class Domain extends Construct {
  readonly url: string;
  /** What the name’s CNAME must point at. */
  readonly target: string;

  constructor(
    scope: Construct,
    id: string,
    { name, certificate, zone, rest }: DomainProps & { readonly rest: RestApi },
  ) {
    super(scope, id);
    const domain = new DomainName(this, 'Name', {
      domainName: name,
      certificate,
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new BasePathMapping(this, 'Mapping', { domainName: domain, restApi: rest, stage: rest.deploymentStage });
    if (zone !== undefined) {
      const target = RecordTarget.fromAlias(new ApiGatewayDomain(domain));
      new ARecord(this, 'Ipv4', { zone, recordName: name, target });
      new AaaaRecord(this, 'Ipv6', { zone, recordName: name, target });
    }
    this.url = `https://${name}`;
    this.target = domain.domainNameAliasDomainName;
  }
}
