const paths = {
  overview: 'M4 13h6V4H4zM14 9h6V4h-6zM14 20h6v-8h-6zM4 20h6v-4H4z',
  image: 'M12 3 4 7l8 4 8-4zM4 12l8 4 8-4M4 17l8 4 8-4',
  workspace: 'M3 5h18v11H3zM9 20h6M12 16v4',
  assignment: 'M9 7a3 3 0 1 0 .01 0M3 20c0-4 2.5-6 6-6 1.6 0 3 .4 4 1.2M16 18l2 2 4-4',
  endpoint: 'M5 5h14v9H5zM2 18h20l-2-4H4z',
  host: 'M4 4h16v7H4zM4 13h16v7H4zM7.500 7.500h.01M7.500 16.500h.01M11 7.500h6M11 16.500h6',
  collection: 'M3 4h8v6H3zM13 4h8v6h-8zM3 14h8v6H3zM13 14h8v6h-8z',
  target: 'M12 3a9 9 0 1 0 .01 0M12 7.500a4.500 4.500 0 1 0 .01 0M12 11.900h.01',
  session: 'M3 4h18v12H3zM9 20h6M12 7a2 2 0 1 0 .01 0M8.500 14c.3-1.700 1.600-2.500 3.500-2.500s3.200.8 3.500 2.500',
  decision: 'M4 12h5l5-6h6M9 12l5 6h6M17 3l3 3-3 3M17 15l3 3-3 3',
  event: 'M3 12h4l3-8 4 16 3-8h4',
  task: 'M4 6l1.5 1.5L8 5M4 12.5 5.5 14 8 11.500M4 19l1.5 1.500L8 18M11 6.500h9M11 13h9M11 19.500h9',
  audit: 'M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h5',
  people:
    'M9 4a3.500 3.500 0 1 0 .01 0M2.500 20c0-4 2.500-6.500 6.500-6.500s6.500 2.500 6.500 6.500M16 4.500a3.500 3.500 0 0 1 0 6.500M18 13.800c2.300.8 3.500 3 3.500 6.200',
  my: 'M3 11 12 4l9 7M6 9.500V20h12V9.500M10 20v-6h4v6',
  search: 'M10.500 4a6.500 6.500 0 1 0 .01 0M20 20l-4.800-4.800',
  plus: 'M12 5v14M5 12h14',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 12.500 10 17.500 19 7',
  cross: 'M6 6l12 12M18 6 6 18',
  sun: 'M12 8a4 4 0 1 0 .01 0M12 2v2M12 20v2M4.900 4.900l1.400 1.400M17.700 17.700l1.400 1.400M2 12h2M20 12h2M4.900 19.100l1.400-1.400M17.700 6.300l1.400-1.400',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
  system: 'M3 5h18v12H3zM8 21h8',
  language: 'M12 3a9 9 0 1 0 .01 0M3 12h18M12 3c3 3 3.500 6 3.500 9s-.5 6-3.500 9c-3-3-3.500-6-3.500-9s.5-6 3.500-9',
  user: 'M12 4a4 4 0 1 0 .01 0M4 21c0-4.500 3-7 8-7s8 2.500 8 7',
  message: 'M4 5h16v11H9l-5 4zM8 9h8M8 12.500h5',
  help: 'M12 3a9 9 0 1 0 .01 0M9.500 9.500c0-1.500 1-2.500 2.500-2.500s2.500 1 2.500 2.300c0 2-2.500 2-2.500 4M12 16.800v.2',
  terminal: 'M4 5h16v14H4zM7.500 9.500 10 12l-2.500 2.500M12.500 15h4',
  warning: 'M12 4 2.500 20h19zM12 10v4.500M12 17v.2',
  info: 'M12 3a9 9 0 1 0 .01 0M12 11v5M12 8v.2',
  error: 'M12 3a9 9 0 1 0 .01 0M12 7.500v5.500M12 16v.2',
  play: 'M7 4.500v15l12-7.500z',
  stop: 'M6 6h12v12H6z',
  restart: 'M20 11a8 8 0 1 0-2 6.500M20 5v6h-6',
  lock: 'M6 11h12v9H6zM8.500 11V7.500a3.500 3.500 0 0 1 7 0V11M12 15v2',
  unlock: 'M6 11h12v9H6zM8.500 11V7.500a3.500 3.500 0 0 1 6.800-1.200M12 15v2',
  update: 'M12 4v11M7 10.500l5 5 5-5M5 20h14',
  upload: 'M12 16V5M7 9.500l5-5 5 5M5 20h14',
  back: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  screen: 'M3 4h18v12H3zM9 20h6M7 8l3 2-3 2',
  fullscreen: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8',
  paste: 'M8 5H5v16h14V5h-3M9 3h6v4H9zM9 12h6M9 16h4',
  trash: 'M4 7h16M9 7V4h6v3M6.500 7l1 13h9l1-13M10 11v5M14 11v5',
  edit: 'M4 20h4L19.500 8.500l-4-4L4 16zM13.500 6.500l4 4',
  menu: 'M4 7h16M4 12h16M4 17h16',
  right: 'M9 6l6 6-6 6',
  down: 'M6 9l6 6 6-6',
  up: 'M6 15l6-6 6 6',
  signout: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  table: 'M4 5h16v14H4zM4 10h16M4 14.500h16M10 5v14',
  group:
    'M8 5a3 3 0 1 0 .01 0M16 5a3 3 0 1 0 .01 0M2.500 19c0-3.500 2-5.500 5.500-5.500s5.500 2 5.500 5.500M15 13.500c4-.5 6.500 1.500 6.500 5.500',
  key: 'M8 11a4 4 0 1 0 .01 0M11 12 20 4M16 7.500l3 3',
  shield: 'M12 3l8 3v6c0 5-3.500 8-8 9.500C7.500 20 4 17 4 12V6zM8.500 12l2.500 2.500 4.500-5',
  report: 'M5 4h14v16H5zM9 16v-4M12 16V8M15 16v-6',
  power: 'M12 3v8M7 6.500a7.500 7.500 0 1 0 10 0',
  channel: 'M5 12h10M11 7l5 5-5 5M20 5v14',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  offline:
    'M3 3l18 18M8.500 15.500a5 5 0 0 1 5.600-1M5 12a10 10 0 0 1 4.500-2.600M14 9.200A10 10 0 0 1 19 12M12 19h.01',
} as const;

export type IconName = keyof typeof paths;

/** One of the console's own line icons; decoration only, so always beside or under a label. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 3 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ flex: 'none', display: 'block' }}
    >
      <path d={paths[name]} />
    </svg>
  );
}
