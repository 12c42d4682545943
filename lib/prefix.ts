import { Stack, Validations } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** Says to cdk-nag why a right on a bucket ends in `*`: objects are named as they arrive, so only their prefix can be granted. */
export const acknowledgePrefix = (on: IConstruct, bucket: Bucket, prefix: string): void => {
  const arn: { readonly 'Fn::GetAtt': readonly string[] } = Stack.of(bucket).resolve(bucket.bucketArn);
  Validations.of(on).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${arn['Fn::GetAtt'].join('.')}>/${prefix}*]`,
    reason: `Objects under ${prefix} are named as they arrive; the right ends at this prefix of this one bucket.`,
  });
};
