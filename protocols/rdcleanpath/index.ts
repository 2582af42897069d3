export {
  type CleanPathFailure,
  type CleanPathRequest,
  type CleanPathResponse,
  longestRequest,
  readCleanPathRequest,
  writeCleanPathFailure,
  writeCleanPathRequest,
  writeCleanPathResponse,
} from './src/rdcleanpath.ts';
