import { lazy } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { useMay } from '../api/me.tsx';
import { NotFound } from './not-found.tsx';

const Overview = lazy(async () => ({ default: (await import('../pages/overview/overview-page.tsx')).OverviewPage }));
const Images = lazy(async () => ({ default: (await import('../pages/images/images-page.tsx')).ImagesPage }));
const ImageTable = lazy(async () => ({
  default: (await import('../pages/images/image-table-page.tsx')).ImageTablePage,
}));
const ImageDetail = lazy(async () => ({ default: (await import('../pages/images/image-page.tsx')).ImagePage }));
const TestRun = lazy(async () => ({ default: (await import('../pages/images/test-run-page.tsx')).TestRunPage }));
const Workspaces = lazy(async () => ({
  default: (await import('../pages/workspaces/workspaces-page.tsx')).WorkspacesPage,
}));
const NewWorkspace = lazy(async () => ({
  default: (await import('../pages/workspaces/new-workspace-page.tsx')).NewWorkspacePage,
}));
const WorkspaceDetail = lazy(async () => ({
  default: (await import('../pages/workspaces/workspace-page.tsx')).WorkspacePage,
}));
const Assignments = lazy(async () => ({
  default: (await import('../pages/assignments/assignments-page.tsx')).AssignmentsPage,
}));
const Endpoints = lazy(async () => ({
  default: (await import('../pages/endpoints/endpoints-page.tsx')).EndpointsPage,
}));
const EndpointDetail = lazy(async () => ({
  default: (await import('../pages/endpoints/endpoint-page.tsx')).EndpointPage,
}));
const Hosts = lazy(async () => ({ default: (await import('../pages/hosts/hosts-page.tsx')).HostsPage }));
const HostDetail = lazy(async () => ({ default: (await import('../pages/hosts/host-page.tsx')).HostPage }));
const Collections = lazy(async () => ({
  default: (await import('../pages/collections/collections-page.tsx')).CollectionsPage,
}));
const CollectionDetail = lazy(async () => ({
  default: (await import('../pages/collections/collection-page.tsx')).CollectionPage,
}));
const Targets = lazy(async () => ({ default: (await import('../pages/targets/targets-page.tsx')).TargetsPage }));
const Environments = lazy(async () => ({
  default: (await import('../pages/environments/environments-page.tsx')).EnvironmentsPage,
}));
const DesktopSessions = lazy(async () => ({
  default: (await import('../pages/desktop-sessions/sessions-page.tsx')).SessionsPage,
}));
const Decisions = lazy(async () => ({
  default: (await import('../pages/decisions/decisions-page.tsx')).DecisionsPage,
}));
const DecisionDetail = lazy(async () => ({
  default: (await import('../pages/decisions/decision-page.tsx')).DecisionPage,
}));
const Broker = lazy(async () => ({ default: (await import('../pages/broker/broker-page.tsx')).BrokerPage }));
const Events = lazy(async () => ({ default: (await import('../pages/events/events-page.tsx')).EventsPage }));
const StatusReport = lazy(async () => ({
  default: (await import('../pages/events/status-report-page.tsx')).StatusReportPage,
}));
const Tasks = lazy(async () => ({ default: (await import('../pages/tasks/tasks-page.tsx')).TasksPage }));
const TaskDetail = lazy(async () => ({ default: (await import('../pages/tasks/task-page.tsx')).TaskPage }));
const Audit = lazy(async () => ({ default: (await import('../pages/audit/audit-page.tsx')).AuditPage }));
const People = lazy(async () => ({ default: (await import('../pages/people/people-page.tsx')).PeoplePage }));
const UserDetail = lazy(async () => ({ default: (await import('../pages/people/user-page.tsx')).UserPage }));
const GroupDetail = lazy(async () => ({ default: (await import('../pages/people/group-page.tsx')).GroupPage }));
const My = lazy(async () => ({ default: (await import('../pages/my/my-page.tsx')).MyPage }));
const MyDesktops = lazy(async () => ({
  default: (await import('../pages/my-desktops/my-desktops-page.tsx')).MyDesktopsPage,
}));
const DesktopScreen = lazy(async () => ({
  default: (await import('../pages/my-desktops/screen/desktop-screen-page.tsx')).DesktopScreenPage,
}));
const MyScreen = lazy(async () => ({ default: (await import('../pages/my/my-screen-page.tsx')).MyScreenPage }));
const Account = lazy(async () => ({ default: (await import('../pages/account/account-page.tsx')).AccountPage }));

/** Who may not see the overview begins at their own workspaces. */
function Home() {
  const may = useMay();
  return may('system:read') ? <Overview /> : <Redirect to="/my" replace />;
}

/** Address → page; each page is a chunk of its own. The tab is part of the address. */
export function Pages() {
  return (
    <Switch>
      <Route path="/" component={Home} />
      <Route path="/images" component={Images} />
      <Route path="/image-table" component={ImageTable} />
      <Route path="/image-tests/:id">{({ id }) => <TestRun id={id} />}</Route>
      <Route path="/images/:name/:tab?">
        {({ name, tab }) => <ImageDetail key={name} name={name} tab={tab ?? 'versions'} />}
      </Route>
      <Route path="/workspaces" component={Workspaces} />
      <Route path="/new-workspace" component={NewWorkspace} />
      <Route path="/workspaces/:id/:tab?">
        {({ id, tab }) => <WorkspaceDetail key={id} id={id} tab={tab ?? 'overview'} />}
      </Route>
      <Route path="/assignments" component={Assignments} />
      <Route path="/endpoints" component={Endpoints} />
      <Route path="/endpoints/:id/:tab?">
        {({ id, tab }) => <EndpointDetail key={id} id={id} tab={tab ?? 'instances'} />}
      </Route>
      <Route path="/hosts" component={Hosts} />
      <Route path="/hosts/:id/:tab?">{({ id, tab }) => <HostDetail key={id} id={id} tab={tab ?? 'overview'} />}</Route>
      <Route path="/collections" component={Collections} />
      <Route path="/collections/:id/:tab?">
        {({ id, tab }) => <CollectionDetail key={id} id={id} tab={tab ?? 'targets'} />}
      </Route>
      <Route path="/targets" component={Targets} />
      <Route path="/environments" component={Environments} />
      <Route path="/desktop-sessions" component={DesktopSessions} />
      <Route path="/decisions" component={Decisions} />
      <Route path="/decisions/:id">{({ id }) => <DecisionDetail key={id} id={id} />}</Route>
      <Route path="/broker/:tab?">{({ tab }) => <Broker tab={tab ?? 'processes'} />}</Route>
      <Route path="/events" component={Events} />
      <Route path="/reports/status" component={StatusReport} />
      <Route path="/tasks" component={Tasks} />
      <Route path="/tasks/:id">{({ id }) => <TaskDetail key={id} id={id} />}</Route>
      <Route path="/audit" component={Audit} />
      <Route path="/people/users/:id">{({ id }) => <UserDetail key={id} id={id} />}</Route>
      <Route path="/people/groups/:id">{({ id }) => <GroupDetail key={id} id={id} />}</Route>
      <Route path="/people/:tab?">{({ tab }) => <People tab={tab ?? 'users'} />}</Route>
      <Route path="/my" component={My} />
      <Route path="/my/desktops" component={MyDesktops} />
      <Route path="/my/desktops/:collection/screen">
        {({ collection }) => <DesktopScreen key={collection} collection={decodeURIComponent(collection)} />}
      </Route>
      <Route path="/my/:workspaceId/screen">
        {({ workspaceId }) => <MyScreen key={workspaceId} workspaceId={workspaceId} />}
      </Route>
      <Route path="/account/:tab?">{({ tab }) => <Account tab={tab ?? 'profile'} />}</Route>
      <Route component={NotFound} />
    </Switch>
  );
}
