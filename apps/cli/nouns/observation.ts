import type { AuditEntry } from '@atelier/api';
import { given, number } from '../command/invocation.ts';
import { moment, wholeNumber } from '../command/parse-value.ts';
import type { Noun, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { CliFailure } from '../failure/cli-failure.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, list } from '../output/output.ts';

const auditColumns: readonly Column<AuditEntry>[] = [
  { title: 'time', value: (one) => formatTime(one.at) },
  { title: 'who', value: (one) => one.actor.name },
  { title: 'what', value: (one) => one.verb },
  { title: 'object', value: (one) => `${one.object.kind} ${one.object.name}` },
  {
    title: 'difference',
    value: (one) =>
      Object.entries(one.difference).map(
        ([field, { before, after }]) => `${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
      ),
    wide: true,
  },
];

const auditLs: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list what people changed, newest first',
  options: [
    { flags: '--actor <name>', summary: 'only by this person', completes: 'user' },
    { flags: '--object-kind <kind>', summary: 'only to this kind of thing, e.g. workspace' },
    { flags: '--object-id <id>', summary: 'only to this very thing' },
    { flags: '--since <time>', summary: 'not older: a date, or 2h, 7d', parse: moment },
    { flags: '--until <time>', summary: 'not newer', parse: moment },
    { flags: '--limit <count>', summary: 'at most so many', default: 100, parse: Number },
  ],
  examples: [['atelier audit ls --since 7d --actor anna -o json', 'everything that anna changed this week']],
  run: async (call) => {
    const filter = given(call, 'actor', 'objectKind', 'objectId', 'since', 'until');
    const read = (query: { limit: number; cursor?: string }) => call.api.audit.list({ query: { ...query, ...filter } });
    return list(await allPages(read, call.common.limit), auditColumns, (one) => one.id, 'nobody changed anything');
  },
};

const auditVerify: Verb = {
  name: 'verify',
  summary: 'check the whole hash chain of the audit log',
  examples: [['atelier audit verify', 'exit code 1 when an entry was changed or removed']],
  run: async (call) => {
    const answer = await call.api.audit.verify();
    if (answer.ok) return done(`all ${answer.entries} entries are as they were written`, answer);
    throw new CliFailure({
      title: 'the audit log was changed',
      detail: `the chain breaks at entry ${answer.firstBroken}`,
      cause: 'somebody changed or removed an entry in the database',
      fix: 'compare with a backup: atelier server backup makes them',
    });
  },
};

export const auditNoun: Noun = {
  name: 'audit',
  summary: 'what people changed',
  group: 'Observation:',
  verbs: [auditLs, auditVerify],
};

const reportStatus: Verb = {
  name: 'status',
  summary: 'the state of all users × workspaces',
  options: [{ flags: '--days <count>', summary: 'seen within so many days', parse: wholeNumber(1), default: 30 }],
  lists: true,
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.events.status({ query: { ...query, days: number(call, 'days') } });
    const rows = await allPages(read, call.common.limit);
    type Row = (typeof rows)[number];
    const columns: readonly Column<Row>[] = [
      { title: 'time', value: (one) => formatTime(one.time) },
      { title: 'user', value: (one) => one.userName },
      { title: 'computer', value: (one) => one.hostName },
      { title: 'workspace', value: (one) => one.workspaceName },
      { title: 'online', value: (one) => one.online },
      { title: 'image', value: (one) => `${one.imageName}/${one.imageVersion ?? '-'}` },
      { title: 'policy', value: (one) => one.policyVersion, wide: true },
      { title: 'client', value: (one) => one.clientVersion, wide: true },
    ];
    return list(rows, columns, (one) => `${one.userName}/${one.workspaceName}`, 'nobody has used a workspace yet');
  },
};

export const reportNoun: Noun = {
  name: 'report',
  summary: 'named views of what happened',
  group: 'Observation:',
  verbs: [reportStatus],
};
