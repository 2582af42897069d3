import type { ConnectionRequest, LoadBalanceResult, Target } from '@atelier/domain/broker';
import type { BrokerPlugin, CollectionKind, Json, ProvisioningJob } from '@atelier/plugin-kit/broker';

/*
 * What travels between the broker and a plug-in in a thread or process, as JSON-RPC 2.0. Parameters of stages are by name, those of stores by position.
 *
 * broker → plug-in: initialize, $/candidates, $/forgetCandidates, filterPages, the methods of the stages (with `call`), ping, $/cancel, notifications, jobs, terminate
 * plug-in → broker: next, connection.*, report (with `call`); globalStore.*, resourceStore.*, filterPluginStore.*, services.*, log, job.*, task.*
 */

/** Parameters of `initialize`. */
export interface InitializeParams {
  readonly apiVersion: string;
  readonly brokerName: string;
  readonly providerName: string;
  readonly settings: { readonly [name: string]: Json };
}

/** Its answer: the methods of BrokerPlugin that the plug-in has. */
export interface InitializeResult {
  readonly methods: readonly string[];
  /** It keeps candidates that `$/candidates` brings, and answers `filterPages` in place of `filterTargets`. Since 1.1. */
  readonly keepsCandidates?: boolean;
}

/** A page of candidates to be kept under a number: whole, or as another page with some of its places changed. */
export interface CandidatesParams {
  readonly page: number;
  readonly targets?: readonly Target[];
  readonly from?: number;
  readonly changes?: readonly (readonly [at: number, target: Target])[];
}

/** Parameters of `filterPages`: pages that are kept, each without the places that are gone. */
export interface FilterPagesParams {
  readonly call: number;
  readonly connection: WireConnection;
  readonly pages: readonly { readonly page: number; readonly gone: readonly number[] }[];
}

/** Its answer: for each page the places that are removed, by reason; null passes. */
export type FilterPagesResult = readonly (readonly (readonly [reason: string, places: readonly number[]])[])[] | null;

/** A connection as it goes over the wire: what has no methods. */
export interface WireConnection extends ConnectionRequest {
  readonly samUserAccount: string;
  readonly collectionKind: CollectionKind;
  readonly isFirstAssignment: boolean;
  readonly loadBalanceResult: LoadBalanceResult | null;
  readonly environment: string | null;
}

/** Parameters of the stages' methods. `call` names this call in what the plug-in asks about it. A result of null passes. */
export interface StageParams {
  readonly call: number;
  readonly connection: WireConnection;
  readonly candidates?: readonly Target[];
  readonly target?: Target;
}

export interface JobParams {
  readonly job: ProvisioningJob;
}

/** Methods of plug-ins by how they are called. */
export const stageMethodNames = [
  'filterTargets',
  'getMostSuitableTarget',
  'queryEnvironmentForTarget',
  'prepareTargetForConnect',
] as const satisfies readonly (keyof BrokerPlugin)[];
export const notificationNames = [
  'notifySessionChange',
  'notifyTargetChange',
  'notifyClientConnectionStateChange',
] as const satisfies readonly (keyof BrokerPlugin)[];
export const jobMethodNames = [
  'createVirtualMachines',
  'patchVirtualMachines',
  'deleteVirtualMachines',
] as const satisfies readonly (keyof BrokerPlugin)[];
export const taskMethodNames = [
  'initializeTaskPlugin',
  'setTaskQueue',
] as const satisfies readonly (keyof BrokerPlugin)[];
export const methodNames = [
  ...stageMethodNames,
  ...notificationNames,
  ...jobMethodNames,
  ...taskMethodNames,
  'cancelJob',
] as const satisfies readonly (keyof BrokerPlugin)[];

/** What a plug-in may call of the stores and services; those that list answer with pages. */
export const storeMethods = {
  globalStore: ['queryTarget', 'queryEnvironment', 'querySession', 'enumerateCollections'],
  resourceStore: [
    'queryTarget',
    'queryEnvironment',
    'querySession',
    'enumerateCollections',
    'addTarget',
    'saveTarget',
    'deleteTarget',
    'setTargetProperty',
    'setTargetState',
    'testAndSetServerState',
    'setServerDrainMode',
    'addEnvironment',
    'saveEnvironment',
    'removeEnvironment',
    'addSession',
    'setSessionState',
  ],
  filterPluginStore: ['enumerateProperties', 'saveProperties', 'deleteProperties'],
  services: ['power', 'powerState'],
} as const;
export const listMethods = ['enumerateTargets', 'enumerateEnvironments', 'enumerateSessions'] as const;

/** A page of a list: `iterator` asks for the next one, null when it was the last. */
export interface ListPage {
  readonly items: readonly unknown[];
  readonly iterator: number | null;
}
export const listPage = 100;

/** A lock as it goes over the wire. */
export interface WireLock {
  readonly lock: number;
  readonly targetName: string;
  readonly fence: number;
}

/** The sinks' methods that a plug-in notifies. */
export const jobSinkNames = [
  'onJobCreated',
  'onVirtualMachineStatusChanged',
  'onVirtualMachineHostStatusChanged',
  'onJobCompleted',
  'onJobCancelled',
] as const;
export const taskSinkNames = ['onSetTaskTime', 'onDeleteTaskTime', 'onUpdateTaskStatus', 'onReportTasks'] as const;
