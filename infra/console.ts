import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { edgeToken, type Gateway } from './gateway';
import type { TrustedIssuer } from './parts/identity';

export type ConsoleProps = {
  gateway: Gateway;
  /** The folder that `npm run console:build` made. Without it the distribution is there and its bucket is empty. */
  built: string | undefined;
};

/** The analysts' page and the API under one origin, so that no browser needs CORS. */
export class Console extends Construct {
  readonly distribution: Distribution;
  private readonly files: Bucket;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ConsoleProps,
  ) {
    super(scope, id);
    const { gateway } = props;
    this.files = new Bucket(this, 'Files', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: false,
    });
    const pages = new EdgeFunction(this, 'Pages', {
      runtime: FunctionRuntime.JS_2_0,
      comment: 'the console routes by path: an address without an extension is its page',
      code: FunctionCode.fromInline(
        "function handler({ request }) { if (!request.uri.includes('.')) request.uri = '/index.html'; return request; }",
      ),
    });
    const viewer = new EdgeFunction(this, 'Viewer', {
      runtime: FunctionRuntime.JS_2_0,
      comment: 'says whose request it is: rates are limited by this address (shared/lambda/viewer-address.ts)',
      code: FunctionCode.fromInline(
        "function handler({ request, viewer }) { request.headers['x-viewer-address'] = { value: viewer.ip }; return request; }",
      ),
    });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Lockstep console and API',
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.files),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        functionAssociations: [{ function: pages, eventType: FunctionEventType.VIEWER_REQUEST }],
        responseHeadersPolicy: this.headers(),
      },
      additionalBehaviors: {
        '/v1/*': {
          origin: new HttpOrigin(gateway.domain, { customHeaders: { 'x-lockstep-edge': edgeToken(this) } }),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          functionAssociations: [{ function: viewer, eventType: FunctionEventType.VIEWER_REQUEST }],
        },
      },
    });
    Validations.of(this.files).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'public files of a page that anybody may read; nothing to learn from their log',
    });
    Validations.of(this.distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'no country rule, for anybody' },
      { id: 'AwsSolutions-CFR2', reason: 'the functions limit rates by caller; a web ACL is the operator’s choice (docs/deploy.md)' },
      { id: 'AwsSolutions-CFR3', reason: 'the gateway logs each request, the product logs who saw what; static files need no log' },
      { id: 'AwsSolutions-CFR4', reason: 'the distribution’s own certificate has no minimum version; an own domain has TLS 1.2' },
    );
  }

  get origin(): string {
    return `https://${this.distribution.distributionDomainName}`;
  }

  /** The page's files, and the one file that differs between stages. */
  publish({ issuer, audience }: TrustedIssuer): void {
    const { built } = this.props;
    if (built === undefined) return;
    const { handlerRole } = new BucketDeployment(this, 'Publish', {
      destinationBucket: this.files,
      distribution: this.distribution,
      sources: [Source.asset(built), Source.jsonData('config.json', { issuer, clientId: audience, api: '' })],
    });
    const reason = 'CDK’s own handler that uploads the page when it changes: its runtime and its rights on two buckets are CDK’s';
    for (const id of ['AwsSolutions-IAM4', 'AwsSolutions-IAM5', 'AwsSolutions-L1'])
      Validations.of(handlerRole.node.scope ?? this).acknowledge({ id, reason });
  }

  private headers(): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          override: true,
          // The issuer's address is not known here (it depends on this distribution's own), hence https: for connections.
          contentSecurityPolicy:
            "default-src 'self'; connect-src 'self' https:; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        },
        contentTypeOptions: { override: true },
        frameOptions: { override: true, frameOption: HeadersFrameOption.DENY },
        referrerPolicy: { override: true, referrerPolicy: HeadersReferrerPolicy.NO_REFERRER },
        strictTransportSecurity: { override: true, accessControlMaxAge: Duration.days(365), includeSubdomains: true },
      },
    });
  }
}
