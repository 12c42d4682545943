import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ledgerExpiry, ledgerIndex } from '../src/aws/settings.ts';
import type { Door } from './door.ts';

/** What is small and must be right: accounts, projects, keys, salts in one table, and the pepper that keys are hashed with. */
export class Ledger extends Construct {
  readonly table: Table;
  readonly pepper: Secret;

  constructor(scope: Construct, id: string, { retain }: { readonly retain: boolean }) {
    super(scope, id);
    const removalPolicy = retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: retain,
      timeToLiveAttribute: ledgerExpiry,
      removalPolicy,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: ledgerIndex,
      partitionKey: { name: 'group', type: AttributeType.STRING },
      sortKey: { name: 'at', type: AttributeType.STRING },
    });
    this.pepper = new Secret(this, 'Pepper', {
      description: 'Millimetric: the key that API keys are hashed with. Without it no key works any more.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    });
    Validations.of(this.pepper).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Changing the pepper ends every API key at once, so a person rotates it, together with the keys; the runbook says how.',
    });
  }

  /** Lets a door find the key a caller presents, and its plan: two reads, the pepper, and the note on which day a key was used. */
  letCheckKeys(door: Door): void {
    this.letRead(door, 'KEY#*', 'PLAN#*', 'USED#*');
    this.letPut(door, 'USED#*');
    this.letPepper(door);
  }

  /** Lets a door list an account’s projects. */
  letListProjects(door: Door): void {
    this.letList(door, 'PRJ#*');
  }

  /** Lets a door read, make and erase the salts that addresses are hashed with. */
  letKeepSalts(door: Door): void {
    this.letRead(door, 'SALT#*');
    this.letWrite(door, 'SALT#*');
    this.letList(door, 'SALT');
  }

  /** Lets a door count: events of a month and tokens of a second, or questions of a day. */
  letCount(door: Door, what: 'events' | 'questions'): void {
    const ids = what === 'events' ? ['USE#*', 'RATE#*'] : ['ASK#*'];
    this.letRead(door, ...ids);
    this.letAdd(door, ...ids);
  }

  /** Lets a door count the events it refused, and forget old counts. */
  letCountRefused(door: Door): void {
    this.letRead(door, 'REFUSED#*');
    this.letWrite(door, 'REFUSED#*');
    this.letList(door, 'REFUSED#*');
  }

  /** Lets a door administer: accounts, projects, keys, plans and what goes with them, but no salt, and not the record of the beginning. */
  letRun(door: Door): void {
    const rows = ['ACC#*', 'PRJ#*', 'SLUG#*', 'KEY#*', 'NAME#*', 'PLAN#*', 'AUD#*', 'IDEM#*'];
    this.letRead(door, ...rows, 'USED#*', 'USE#*', 'ASK#*', 'MINT#*');
    this.letPut(door, ...rows);
    this.letErase(door, 'SLUG#*', 'IDEM#*');
    this.letAdd(door, 'MINT#*');
    this.letList(door, 'ACC', 'PRJ#*', 'KEYS#*', 'PLAN', 'AUD#*', 'IDEM');
    this.letPepper(door);
  }

  /** Lets a door make accounts, projects and keys: everything in the table. */
  letAdminister(door: Door): void {
    this.letRead(door, '*');
    this.letWrite(door, '*');
    this.letList(door, '*');
    this.letPepper(door);
  }

  private letRead(door: Door, ...ids: readonly string[]): void {
    door.learns('table', this.table.tableName);
    door.mayDo({ actions: ['dynamodb:GetItem'], resources: [this.table.tableArn], ...onlyKeys(ids) });
  }

  private letWrite(door: Door, ...ids: readonly string[]): void {
    door.learns('table', this.table.tableName);
    door.mayDo({
      actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
      resources: [this.table.tableArn],
      ...onlyKeys(ids),
    });
  }

  private letPut(door: Door, ...ids: readonly string[]): void {
    door.mayDo({ actions: ['dynamodb:PutItem'], resources: [this.table.tableArn], ...onlyKeys(ids) });
  }

  private letAdd(door: Door, ...ids: readonly string[]): void {
    door.mayDo({ actions: ['dynamodb:UpdateItem'], resources: [this.table.tableArn], ...onlyKeys(ids) });
  }

  private letErase(door: Door, ...ids: readonly string[]): void {
    door.mayDo({ actions: ['dynamodb:DeleteItem'], resources: [this.table.tableArn], ...onlyKeys(ids) });
  }

  private letList(door: Door, ...groups: readonly string[]): void {
    door.learns('table', this.table.tableName);
    door.mayDo({
      actions: ['dynamodb:Query'],
      resources: [`${this.table.tableArn}/index/${ledgerIndex}`],
      ...onlyKeys(groups),
    });
  }

  private letPepper(door: Door): void {
    door.learns('pepperSecret', this.pepper.secretArn);
    door.mayDo({ actions: ['secretsmanager:GetSecretValue'], resources: [this.pepper.secretArn] });
  }
}

/** A right to items whose partition key (in an index: its own) looks like one of these. */
const onlyKeys = (like: readonly string[]) =>
  like.includes('*')
    ? {}
    : { conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...like] } } };
