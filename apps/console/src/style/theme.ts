import { ActionIcon, Button, createTheme, type MantineColorsTuple, Modal, Table, Tabs, Tooltip } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eff4fa',
  '#dde7f2',
  '#bccee5',
  '#97b3d6',
  '#6f95c4',
  '#4f78ad',
  '#3d5a80',
  '#345073',
  '#2a4260',
  '#1f334c',
];

const red: MantineColorsTuple = [
  '#fdf0ef',
  '#f9dcda',
  '#f0b4b0',
  '#e68a84',
  '#d9655d',
  '#c4433a',
  '#b3261e',
  '#991f18',
  '#7d1913',
  '#5e120d',
];

const dark: MantineColorsTuple = [
  '#dfe2e7',
  '#c3c8d0',
  '#a0a7b2',
  '#6f7783',
  '#3a3f48',
  '#2f343c',
  '#23262c',
  '#1d2025',
  '#16181c',
  '#101215',
];

/** Calm blue ink on warm paper; system fonts, so that nothing is fetched. Colours of surfaces are in `surface.css`. */
export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 6, dark: 5 },
  colors: { ink, red, dark },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: '620',
    sizes: { h1: { fontSize: '1.6rem', lineHeight: '1.25' }, h2: { fontSize: '1.1rem' }, h3: { fontSize: '1rem' } },
  },
  fontSizes: { xs: '0.78rem', sm: '0.87rem', md: '0.93rem', lg: '1.06rem', xl: '1.2rem' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45, blur: 2 }, radius: 'lg', padding: 'lg' },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { withArrow: true, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
  },
});
