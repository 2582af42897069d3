/** One address of each page and tab of the console; the image `debian-lab` and the workspace `lab` must exist. */
export const consoleAddresses = (endpointId: string): readonly string[] => [
  '/',
  '/my',
  '/images',
  '/images/debian-lab',
  '/images/debian-lab/channels',
  '/images/debian-lab/capabilities',
  '/images/debian-lab/events',
  '/images/debian-lab/api',
  '/image-table?want=desktop,rdp',
  '/workspaces',
  '/workspaces/lab',
  '/workspaces/lab/policy',
  '/workspaces/lab/policy?view=json',
  '/workspaces/lab/policy?view=revisions',
  '/workspaces/lab/assignments',
  '/workspaces/lab/instances',
  '/new-workspace',
  '/assignments',
  '/endpoints',
  `/endpoints/${endpointId}`,
  `/endpoints/${endpointId}/events`,
  '/events',
  '/events?severity=error',
  '/reports/status',
  '/tasks',
  '/audit',
  '/people',
  '/people/groups',
  '/people/roles',
  '/account',
  '/account/tokens',
  '/nothing/here',
];

/** An address as part of a file's name. */
export const pictureName = (address: string, endpointId: string): string =>
  address.replace(endpointId, 'ID').replace(/[^a-zA-Z0-9]+/g, '-');
