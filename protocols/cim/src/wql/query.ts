/** A literal of a query. Numbers that are integers are `bigint`. */
export type WqlLiteral = string | bigint | number | boolean | null;

/** A property, or one of an embedded instance: `TargetInstance.Name`. `__CLASS` and its like are names too. */
export type WqlPath = readonly string[];

export type WqlOperator = '=' | '<>' | '<' | '>' | '<=' | '>=';

/** A condition, as it was written. `position` leads an error back to the query. */
export type WqlCondition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly WqlCondition[] }
  | { readonly kind: 'not'; readonly part: WqlCondition }
  | {
      readonly kind: 'compare';
      readonly path: WqlPath;
      readonly operator: WqlOperator;
      readonly value: WqlLiteral;
      readonly position: number;
    }
  | {
      readonly kind: 'compare-paths';
      readonly path: WqlPath;
      readonly operator: WqlOperator;
      readonly other: WqlPath;
      readonly position: number;
    }
  | { readonly kind: 'like'; readonly path: WqlPath; readonly pattern: string; readonly position: number }
  | { readonly kind: 'null'; readonly path: WqlPath; readonly position: number }
  | { readonly kind: 'isa'; readonly path: WqlPath; readonly className: string; readonly position: number };

/** `GROUP WITHIN n [BY …] [HAVING NumberOfEvents op n]`. */
export interface WqlGroup {
  readonly seconds: number;
  readonly by: readonly WqlPath[];
  readonly having: { readonly operator: WqlOperator; readonly count: number } | null;
}

export interface SelectQuery {
  readonly kind: 'select';
  /** Null for `*`. */
  readonly properties: readonly WqlPath[] | null;
  readonly className: string;
  readonly where: WqlCondition | null;
  /** Seconds between looks, of an event query. */
  readonly within: number | null;
  readonly group: WqlGroup | null;
}

/** `ASSOCIATORS OF` gives the objects at the other end, `REFERENCES OF` the associations themselves. */
export interface AssociationQuery {
  readonly kind: 'associators' | 'references';
  readonly object: ObjectPath;
  readonly associationClass: string | null;
  readonly resultClass: string | null;
  readonly role: string | null;
  readonly resultRole: string | null;
  readonly classDefinitionsOnly: boolean;
  readonly keysOnly: boolean;
}

export type WqlQuery = SelectQuery | AssociationQuery;

/** `\\host\namespace:Class.Key="value",…`; a lone value has the name '' until the class is known. */
export interface ObjectPath {
  readonly namespace: string | null;
  readonly className: string;
  readonly keys: Readonly<Record<string, string | bigint | number | boolean>>;
}
