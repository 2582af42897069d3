import type { CimInstance } from '@atelier/cim';
import { associationOf, defineAssociation, defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { type Interface, readInterfaces, readResolver, readRoutes } from './interfaces.ts';

const adapter = defineClass({
  name: 'Win32_NetworkAdapter',
  superclass: 'CIM_NetworkAdapter',
  keys: 'DeviceID',
  string: 'DeviceID AdapterType GUID MACAddress Manufacturer NetConnectionID ProductName ServiceName',
  uint16: 'AdapterTypeID NetConnectionStatus',
  uint32: 'Index InterfaceIndex MaxNumberControlled',
  boolean: 'Installed NetEnabled PhysicalAdapter',
  datetime: 'TimeOfLastReset',
});
const configuration = defineClass({
  name: 'Win32_NetworkAdapterConfiguration',
  superclass: 'CIM_Setting',
  keys: 'Index',
  boolean:
    'ArpAlwaysSourceRoute ArpUseEtherSNAP DeadGWDetectEnabled DHCPEnabled DNSEnabledForWINSResolution DomainDNSRegistrationEnabled FullDNSRegistrationEnabled IPEnabled IPFilterSecurityEnabled IPPortSecurityEnabled IPUseZeroBroadcast IPXEnabled PMTUBHDetectEnabled PMTUDiscoveryEnabled TcpUseRFC1122UrgentPointer WINSEnableLMHostsLookup',
  string:
    'DatabasePath DHCPServer DNSDomain DNSHostName IPXAddress IPXVirtualNetNumber MACAddress ServiceName WINSHostLookupFile WINSPrimaryServer WINSScopeID WINSSecondaryServer',
  strings:
    'DefaultIPGateway DNSDomainSuffixSearchOrder DNSServerSearchOrder IPAddress IPSecPermitIPProtocols IPSecPermitTCPPorts IPSecPermitUDPPorts IPSubnet IPXNetworkNumber',
  datetime: 'DHCPLeaseExpires DHCPLeaseObtained',
  uint8: 'DefaultTOS DefaultTTL IGMPLevel',
  uint16: 'TcpWindowSize',
  uint16s: 'GatewayCostMetric',
  uint32:
    'ForwardBufferMemory Index InterfaceIndex IPConnectionMetric IPXMediaType KeepAliveInterval KeepAliveTime MTU NumForwardPackets TcpipNetbiosOptions TcpMaxConnectRetransmissions TcpMaxDataRetransmissions TcpNumConnections',
  uint32s: 'IPXFrameType',
});
const route = defineClass({
  name: 'Win32_IP4RouteTable',
  superclass: 'CIM_LogicalElement',
  keys: 'Destination InterfaceIndex Mask NextHop',
  string: 'Destination Mask NextHop Information',
  sint32: 'Age InterfaceIndex Metric1 Metric2 Metric3 Metric4 Metric5',
  uint32: 'Protocol Type',
});

const loopback = 772;
/** Windows' NetConnectionStatus. */
const connected = 2;
const mediaDisconnected = 7;
const disabled = 0;

const statusOf = (one: Interface): number => (!one.up ? disabled : one.carrier ? connected : mediaDisconnected);

const adapterOf = (host: LinuxHost, one: Interface): CimInstance =>
  instanceOf('Win32_NetworkAdapter', {
    DeviceID: String(one.index),
    Index: one.index,
    InterfaceIndex: one.index,
    Name: one.name,
    Caption: `[${String(one.index).padStart(8, '0')}] ${one.name}`,
    Description: one.driver ? `${one.name} (${one.driver})` : one.name,
    ProductName: one.driver ?? one.name,
    ServiceName: one.driver,
    NetConnectionID: one.name,
    AdapterType: one.type === 1 ? 'Ethernet 802.3' : null,
    AdapterTypeID: one.type === 1 ? 0 : null,
    MACAddress: one.mac,
    PermanentAddress: one.mac,
    NetConnectionStatus: statusOf(one),
    NetEnabled: one.up && one.carrier,
    PhysicalAdapter: one.physical,
    Speed: one.speed,
    MaxSpeed: one.speed,
    Installed: true,
    MaxNumberControlled: 0,
    Availability: 3,
    PowerManagementSupported: false,
    CreationClassName: 'Win32_NetworkAdapter',
    SystemCreationClassName: 'Win32_ComputerSystem',
    SystemName: host.name,
  });

async function* configurations(host: LinuxHost): AsyncIterable<CimInstance> {
  const [routes, resolver] = [await readRoutes(host), await readResolver(host)];
  for (const one of await readInterfaces(host)) {
    const gateways = routes.filter(
      (each) => each.device === one.name && each.destination === '0.0.0.0' && each.gateway !== '0.0.0.0',
    );
    const enabled = one.type !== loopback && one.addresses.length > 0;
    const list = <T>(values: readonly T[]): readonly T[] | null => (enabled && values.length > 0 ? values : null);
    yield instanceOf('Win32_NetworkAdapterConfiguration', {
      Index: one.index,
      InterfaceIndex: one.index,
      SettingID: one.name,
      Caption: `[${String(one.index).padStart(8, '0')}] ${one.name}`,
      Description: one.driver ? `${one.name} (${one.driver})` : one.name,
      ServiceName: one.driver,
      MACAddress: one.mac,
      MTU: one.mtu,
      IPEnabled: enabled,
      IPAddress: list(one.addresses.map((each) => each.address)),
      IPSubnet: list(
        one.addresses.map((each) => (each.family === 'IPv6' ? (each.cidr?.split('/')[1] ?? '') : each.netmask)),
      ),
      DefaultIPGateway: list(gateways.map((each) => each.gateway)),
      GatewayCostMetric: list(gateways.map((each) => Math.min(each.metric, 0xffff))),
      IPConnectionMetric: gateways[0]?.metric ?? null,
      DNSHostName: enabled ? host.name.split('.')[0]! : null,
      DNSDomain: enabled ? (resolver.domains[0] ?? null) : null,
      DNSServerSearchOrder: list(resolver.servers),
      DNSDomainSuffixSearchOrder: list(resolver.domains),
      DefaultTTL: await host.number('proc/sys/net/ipv4/ip_default_ttl'),
      DHCPEnabled: (await host.entries('run/systemd/netif/leases')).includes(String(one.index)),
      TcpipNetbiosOptions: null,
    });
  }
}

async function* routeTable(host: LinuxHost): AsyncIterable<CimInstance> {
  const indexes = new Map((await readInterfaces(host)).map((one) => [one.name, one.index]));
  for (const one of await readRoutes(host))
    yield instanceOf('Win32_IP4RouteTable', {
      Name: one.destination,
      Caption: one.destination,
      Description: `${one.destination} - ${one.mask} - ${one.gateway}`,
      Destination: one.destination,
      Mask: one.mask,
      NextHop: one.gateway,
      InterfaceIndex: indexes.get(one.device) ?? 0,
      Metric1: one.metric,
      Type: one.gateway === '0.0.0.0' ? 3 : 4,
      Protocol: 2,
    });
}

/** Network interfaces, their addresses, and routes. */
export const networkFamily = (host: LinuxHost): ClassFamily => ({
  classes: [
    adapter,
    configuration,
    route,
    defineAssociation('Win32_NetworkAdapterSetting', 'CIM_ElementSetting', {
      Element: 'Win32_NetworkAdapter',
      Setting: 'Win32_NetworkAdapterConfiguration',
    }),
  ],
  sources: {
    Win32_NetworkAdapter: {
      list: async function* () {
        for (const one of await readInterfaces(host)) yield adapterOf(host, one);
      },
    },
    Win32_NetworkAdapterConfiguration: { list: () => configurations(host) },
    Win32_IP4RouteTable: { list: () => routeTable(host) },
    Win32_NetworkAdapterSetting: {
      list: async function* () {
        for (const one of await readInterfaces(host))
          yield associationOf('Win32_NetworkAdapterSetting', {
            Element: ['Win32_NetworkAdapter', { DeviceID: String(one.index) }],
            Setting: ['Win32_NetworkAdapterConfiguration', { Index: one.index }],
          });
      },
    },
  },
});
