/** CIM's intrinsic types (DSP0004 §5.2). */
export type CimType =
  | 'boolean'
  | 'uint8'
  | 'sint8'
  | 'uint16'
  | 'sint16'
  | 'uint32'
  | 'sint32'
  | 'uint64'
  | 'sint64'
  | 'real32'
  | 'real64'
  | 'char16'
  | 'string'
  | 'datetime'
  | 'reference'
  | 'instance';
