import { z } from 'zod';
import { apiBase, contract } from './contract.ts';
import type { Endpoint } from './endpoint.ts';
import { problem } from './shapes.ts';

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return rest;
};

function parametersOf(endpoint: Endpoint) {
  const of = (where: 'path' | 'query', schema: z.ZodObject | undefined) => {
    if (!schema) return [];
    const json = schemaOf(schema, 'input') as { properties?: Record<string, unknown>; required?: string[] };
    return Object.entries(json.properties ?? {}).map(([name, property]) => ({
      name,
      in: where,
      required: where === 'path' || (json.required?.includes(name) ?? false),
      schema: property,
    }));
  };
  return [...of('path', endpoint.params), ...of('query', endpoint.query)];
}

function answerOf(endpoint: Endpoint) {
  if (endpoint.stream === 'socket') return { '101': { description: 'upgrades to a WebSocket' } };
  if (endpoint.stream === 'events')
    return {
      '200': { description: 'a stream of events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    };
  if (endpoint.stream === 'out')
    return { '200': { description: 'bytes', content: { 'application/octet-stream': {} } } };
  const status = String(endpoint.status ?? (endpoint.response ? 200 : 204));
  if (!endpoint.response) return { [status]: { description: 'done' } };
  return {
    [status]: {
      description: 'done',
      content: { 'application/json': { schema: schemaOf(endpoint.response, 'output') } },
    },
  };
}

function securityOf(endpoint: Endpoint) {
  if (endpoint.access === 'public') return [];
  return endpoint.access === 'device' ? [{ certificate: [] }] : [{ session: [] }, { token: [] }];
}

function operation(capability: string, name: string, endpoint: Endpoint) {
  const body = endpoint.body
    ? { required: true, content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } } }
    : endpoint.stream === 'in'
      ? { required: true, content: { 'application/octet-stream': {} } }
      : undefined;
  return {
    operationId: `${capability}.${name}`,
    tags: [capability],
    summary: endpoint.summary,
    ...(endpoint.access.includes(':') ? { description: `needs the permission ${endpoint.access}` } : {}),
    security: securityOf(endpoint),
    parameters: parametersOf(endpoint),
    ...(body ? { requestBody: body } : {}),
    responses: {
      ...answerOf(endpoint),
      default: {
        description: 'what went wrong (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

/** The API as an OpenAPI 3.1 document. */
export function openApi(version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [capability, all] of Object.entries(contract)) {
    for (const [name, endpoint] of Object.entries(all as Record<string, Endpoint>)) {
      const path = apiBase + endpoint.path.replace(/:([A-Za-z]+)/g, '{$1}');
      paths[path] ??= {};
      paths[path][endpoint.method.toLowerCase()] = operation(capability, name, endpoint);
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Atelier',
      version,
      description: 'desktops for people, and order for the machines behind them',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.keys(contract).map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'atelier_session' },
        token: { type: 'http', scheme: 'bearer' },
        certificate: { type: 'mutualTLS' },
      },
    },
  };
}
