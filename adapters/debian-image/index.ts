export {
  buildDebianSample,
  type DebianSample,
  type DebianSampleOptions,
  type SampleProgress,
} from './build-debian-sample.ts';
export { makeVersionTwo, type VersionTwoOptions } from './make-version-two.ts';
export { sampleErrorTable } from './sample-error-table.ts';
export { debianSamplePackages } from './sample-packages.ts';
export { debianSampleKey } from './sample-recipe.ts';
