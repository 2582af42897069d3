export {
  type CapabilityId,
  capabilities,
  capabilitySchema,
  type ImageChoice,
  type Recommendation,
  recommendImages,
} from './capability.ts';
export { channelNameSchema, imageNameSchema, versionNumberSchema } from './image-name.ts';
export { nextVersionState, type VersionAction, type VersionState, versionStateSchema } from './version-state.ts';
