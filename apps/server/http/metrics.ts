import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The server's measurements in Prometheus's terms, all named `atelier_…`. */
export function openMetrics(version: string) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'atelier_' });
  const registers = [registry];
  new Gauge({ name: 'atelier_build_info', help: 'always 1; labels say what runs', labelNames: ['version'], registers })
    .labels(version)
    .set(1);
  return {
    registry,
    requests: new Histogram({
      name: 'atelier_http_request_seconds',
      help: 'time to answer, by route',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    sockets: new Gauge({
      name: 'atelier_http_sockets',
      help: 'open WebSockets, by route',
      labelNames: ['route'],
      registers,
    }),
    changeStreams: new Gauge({ name: 'atelier_changes_clients', help: 'open change streams', registers }),
    tasks: new Counter({
      name: 'atelier_task_finished_total',
      help: 'tasks that ended on this server, by kind and state',
      labelNames: ['kind', 'state'],
      registers,
    }),
    tasksRunning: new Gauge({ name: 'atelier_task_running', help: 'tasks running on this server', registers }),
    signIns: new Counter({
      name: 'atelier_people_sign_in_total',
      help: 'attempts to sign in, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    events: new Counter({
      name: 'atelier_event_stored_total',
      help: 'events of this server that were stored, by severity',
      labelNames: ['severity'],
      registers,
    }),
  };
}
export type Metrics = ReturnType<typeof openMetrics>;
