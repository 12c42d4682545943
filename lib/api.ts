import { Duration, Names, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  EndpointType,
  type IAuthorizer,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RequestAuthorizer,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { foreignRoutes } from '../src/dialects/routes.ts';
import { allowed, type Route, routes } from '../src/routes.ts';
import { Domain, type DomainProps } from './domain.ts';
import type { Doors } from './doors.ts';
import { Firewall, type FirewallProps } from './firewall.ts';
import { answerInOurWords } from './gateway-responses.ts';
import { type Mock, preflightMock, wrongMethodMock } from './mocks.ts';
import { recordSome } from './traces.ts';

/** How much may come in, for all callers together. */
export interface Throttle {
  readonly requestsPerSecond: number;
  /** How many may come at once before that counts. */
  readonly burst: number;
}

export interface ApiProps {
  readonly doors: Doors;
  readonly throttle: Throttle;
  readonly logRetention: RetentionDays;
  readonly domain: DomainProps | undefined;
  readonly waf: FirewallProps | undefined;
}

/** How long a verdict about a key is good, so how long a revoked key still works. */
const verdictTtl = Duration.seconds(60);

/** Ours, and those of other tools’ SDKs. */
const everyRoute: readonly Route[] = [...routes, ...foreignRoutes];

/** One request in the log: what and how it went, never a key, a query, a body, an address, or the path of a route that does not exist. */
const logLine = {
  request_id: AccessLogField.contextRequestId(),
  time: AccessLogField.contextRequestTime(),
  method: AccessLogField.contextHttpMethod(),
  route: AccessLogField.contextResourcePath(),
  status: AccessLogField.contextStatus(),
  ms: AccessLogField.contextResponseLatency(),
  door_ms: AccessLogField.contextIntegrationLatency(),
  bytes: AccessLogField.contextResponseLength(),
  key: AccessLogField.contextAuthorizer('key'),
  refused: AccessLogField.contextErrorResponseType(),
};

/** The front door: a Regional REST API made from the table of routes. Only REST has gateway responses of one’s own, WAF and stage throttling. */
export class Api extends Construct {
  readonly rest: RestApi;
  /** One line per request. */
  readonly log: LogGroup;
  readonly domain: Domain | undefined;
  /** Where the API answers, without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, { doors, throttle, logRetention, domain, waf }: ApiProps) {
    super(scope, id);
    this.log = new LogGroup(this, 'AccessLog', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.rest = new RestApi(this, 'Rest', {
      restApiName: Names.uniqueResourceName(this, { separator: '-' }),
      description: 'Millimetric: events in, answers out',
      endpointTypes: [EndpointType.REGIONAL],
      // Bodies reach a door byte by byte: packed ones could not otherwise, and of one that is not UTF-8 nobody could say so.
      binaryMediaTypes: [...new Set(everyRoute.flatMap(({ body }) => body))],
      // Access logs need a role that API Gateway keeps once per account and region; removing it would silence other APIs.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: 'api',
        throttlingRateLimit: throttle.requestsPerSecond,
        throttlingBurstLimit: throttle.burst,
        tracingEnabled: true,
        accessLogDestination: new LogGroupLogDestination(this.log),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(logLine)),
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
      },
    });
    // An output under a name of CDK’s own; the stack’s say the same in ours.
    this.rest.node.tryRemoveChild('Endpoint');
    acknowledge(this.rest, waf);
    answerInOurWords(this.rest);
    recordSome(this, this.rest.deploymentStage);

    const authorizers = this.authorizers(doors);
    for (const [path, here] of Map.groupBy(everyRoute, (route) => route.path))
      this.place(path, here, doors, authorizers);

    this.domain = domain && new Domain(this, 'Domain', { ...domain, rest: this.rest });
    if (waf !== undefined) new Firewall(this, 'Firewall', { ...waf, stage: this.rest.deploymentStage });
    this.url = this.domain?.url ?? this.rest.urlForPath('/').slice(0, -1);
  }

  /** One verdict per key and route: a cached one can never speak for another route. Without a key the gateway answers 401 by itself. */
  private authorizers({
    authorizer: { lambda: handler },
  }: Doors): Readonly<Record<Route['key'], IAuthorizer | undefined>> {
    const route = [IdentitySource.context('resourcePath'), IdentitySource.context('httpMethod')];
    const reading = (id: string, key: string) =>
      new RequestAuthorizer(this, id, {
        handler,
        identitySources: [key, ...route],
        resultsCacheTtl: verdictTtl,
      });
    return {
      bearer: reading('Bearer', IdentitySource.header('Authorization')),
      k: reading('Beacon', IdentitySource.queryString('k')),
      none: undefined,
    };
  }

  /** All that lies at one path: its routes, HEAD wherever GET is, the preflight, and 405 for the rest. */
  private place(
    path: string,
    here: readonly Route[],
    doors: Doors,
    authorizers: ReturnType<Api['authorizers']>,
  ): void {
    const resource = this.rest.root.resourceForPath(path);
    const methodsHere = allowed(here);
    for (const { method, door, key } of here) {
      const authorizer = authorizers[key];
      // A preflight there names the page’s origin, which no fixed answer can.
      for (const each of [
        ...allowed([{ method }]),
        ...(door === 'dialects' && method === 'POST' ? ['OPTIONS'] : []),
      ]) {
        const made = resource.addMethod(
          each,
          new LambdaIntegration(doors.behind[door].lambda, { allowTestInvoke: false }),
          authorizer && { authorizer },
        );
        Validations.of(made).acknowledge(
          {
            id: 'AwsSolutions-COG4',
            reason: 'Callers are servers, pages and agents with API keys, not people with a login.',
          },
          ...(key === 'none'
            ? [
                {
                  id: 'AwsSolutions-APIG4',
                  reason:
                    door === 'dialects'
                      ? 'Other tools’ SDKs put their keys into bodies, where no authorizer looks; the door checks them.'
                      : 'Public by intent: the loader for pages, the interface’s description, the health check.',
                },
              ]
            : []),
        );
      }
    }
    const methods = here.map(({ method }) => method);
    const isForeign = here.some(({ door }) => door === 'dialects');
    const mocks: readonly (readonly [string, Mock])[] = [
      ...(isForeign ? [] : [['OPTIONS', preflightMock(path, methods, methodsHere)] as const]),
      ['ANY', wrongMethodMock(path, methodsHere)],
    ];
    for (const [method, { integration, options }] of mocks) {
      Validations.of(resource.addMethod(method, integration, options)).acknowledge(
        { id: 'AwsSolutions-COG4', reason: 'A fixed answer of the gateway; nothing is behind it.' },
        { id: 'AwsSolutions-APIG4', reason: 'A fixed answer of the gateway; nothing is behind it.' },
      );
    }
  }
}

const acknowledge = (rest: RestApi, waf: FirewallProps | undefined): void =>
  Validations.of(rest).acknowledge(
    {
      id: 'AwsSolutions-APIG2',
      reason:
        'The doors check every body and parameter and name what is wrong field by field, which the gateway’s validator cannot.',
    },
    {
      id: 'AwsSolutions-APIG6',
      reason:
        'Execution logs would hold headers and query strings, so keys, in groups without retention; the access log has one line per request and holds none.',
    },
    {
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason:
        'The account-wide role through which API Gateway writes logs; Amazon keeps its rights up to date.',
    },
    ...(waf === undefined
      ? [
          {
            id: 'AwsSolutions-APIG3',
            reason:
              'A firewall costs $6 a month at least, so it is a prop (`waf`); the stage throttles and every key is checked without it.',
          },
        ]
      : []),
  );
