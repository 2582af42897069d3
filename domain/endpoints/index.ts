export { type EndpointState, endpointStateSchema } from './endpoint-state.ts';
