/** One thing that was looked at, and how it is. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Looks at one thing: what `look` gives is its detail; when it fails, that is. */
export async function finding(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, detail: await look() };
  } catch (error) {
    return { what, ok: false, detail: (error as Error).message };
  }
}
