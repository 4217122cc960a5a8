import { z } from 'zod';
import { admissionRoutes } from '../../functions/admission/routes';
import { publicAppealRoutes } from '../../functions/appeals/public-routes';
import { reviewRoutes } from '../../functions/appeals/review-routes';
import { enforcementRoutes } from '../../functions/enforcement/api/routes';
import { receiveRoutes } from '../../functions/ingest/receive/routes';
import { queryRoutes } from '../../functions/query/routes';
import { routeFor } from '../../local/aws/http-gateway';
import { describeApi, emptyHandlers } from '../../local/documents/api-description';
import { type Api, makeApi } from '../../shared/http/api';
import { describe } from '../../shared/http/openapi';
import { templatesOf } from './templates';

const { pipeline } = templatesOf('dev');
const RouteProperties = z.looseObject({ RouteKey: z.string(), AuthorizationType: z.string().default('NONE'), Target: z.unknown() });
const integrations = new Map(
  pipeline.resources
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Integration')
    .map(({ id, Properties }) => [id, JSON.stringify(Properties.IntegrationUri)]),
);
const routes = pipeline.resources
  .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
  .map(({ Properties }) => {
    const { RouteKey, AuthorizationType, Target } = RouteProperties.parse(Properties);
    const integration = [...integrations.keys()].find((id) => JSON.stringify(Target).includes(id)) ?? '';
    return { key: RouteKey, authorization: AuthorizationType, answeredBy: integrations.get(integration) ?? '' };
  });

/** Each stage's own routes, as its door mounts them. */
const { http, ports } = emptyHandlers();
const STAGES: Readonly<Record<string, (api: Api) => void>> = {
  QueryAnswer: (api) => queryRoutes(api, http, ports.query),
  EnforcementCommand: (api) => enforcementRoutes(api, http, ports.enforcement, ports.names),
  AdmissionCheck: (api) => admissionRoutes(api, http, ports.admission),
  IngestReceive: (api) => receiveRoutes(api, http, ports.receive),
  AppealsPublic: (api) => publicAppealRoutes(api, http, ports.appeals),
  AppealsReview: (api) => reviewRoutes(api, http, ports.appeals),
};
const Operation = z.looseObject({ 'x-role': z.string() });
const operations = Object.entries(STAGES).flatMap(([stage, mount]) => {
  const api = makeApi(http);
  mount(api);
  return Object.entries(describe(api).paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, stage, Operation.parse(operation)['x-role']] as const,
    ),
  );
});

test('every stage has operations, and together they are the API that is described', () => {
  const described = Object.entries(describeApi().paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.map(([name]) => name).sort()).toEqual(described.sort());
  expect(new Set(operations.map(([, stage]) => stage))).toEqual(new Set(Object.keys(STAGES)));
});

test.each(operations)('%s reaches %s, with a token unless it is public', (name, stage, role) => {
  const [method = '', path = ''] = name.split(' ');
  const route = routeFor(routes, method, path.replace(/\{[^}]+\}/g, 'x'));
  expect(route?.answeredBy).toContain(stage);
  expect(route?.authorization).toBe(role === 'public' || role === 'producer' ? 'NONE' : 'JWT');
});

test.each(['/taxii2', '/taxii2/exchange', '/taxii2/exchange/', '/taxii2/exchange/collections/', '/taxii2/exchange/collections/x/objects/'])(
  '%s reaches the exchange, whose function looks the key up',
  (path) => {
    const route = routeFor(routes, 'GET', path);
    expect(route?.answeredBy).toContain('Taxii');
    expect(route?.authorization).toBe('NONE');
  },
);
