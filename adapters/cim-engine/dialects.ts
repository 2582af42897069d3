/** Filter dialects that the engine understands. */
export const dialects = {
  wql: 'http://schemas.microsoft.com/wbem/wsman/1/WQL',
  association: 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter',
  selector: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter',
} as const;
