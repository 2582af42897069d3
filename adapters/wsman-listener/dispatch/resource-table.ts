import type { Capability, ResourceDeclaration, ResourceProvider } from '@atelier/plugin-kit';
import { fault } from '@atelier/wsman';

/** A provider and what it declared about the URI that was asked for. */
export interface FoundResource {
  readonly provider: ResourceProvider;
  readonly declaration: ResourceDeclaration;
}

const none: readonly ResourceProvider[] = [];

/** Finds who answers for a resource URI: the longest declared prefix, an exact one before it. URIs compare without case. */
export class ResourceTable {
  readonly #providers: readonly ResourceProvider[];
  readonly #more: () => readonly ResourceProvider[];
  #seen: readonly ResourceProvider[] | null = null;
  #entries: readonly (FoundResource & { readonly uri: string })[] = [];
  readonly #known = new Map<string, FoundResource>();

  /** `more` come and go: it gives another array when they changed. */
  constructor(providers: readonly ResourceProvider[], more: () => readonly ResourceProvider[] = () => none) {
    this.#providers = providers;
    this.#more = more;
  }

  #follow(): void {
    const more = this.#more();
    if (this.#seen === more) return;
    this.#seen = more;
    this.#known.clear();
    this.#entries = [...this.#providers, ...more]
      .flatMap((provider) =>
        provider.resources.map((declaration) => ({ provider, declaration, uri: declaration.uri.toLowerCase() })),
      )
      .toSorted((a, b) => b.uri.length - a.uri.length || Number(b.declaration.exact) - Number(a.declaration.exact));
  }

  /** Null when nobody answers for the URI. */
  find(resourceUri: string): FoundResource | null {
    this.#follow();
    const known = this.#known.get(resourceUri);
    if (known) return known;
    const uri = resourceUri.toLowerCase();
    const found =
      this.#entries.find((one) => uri === one.uri || (!one.declaration.exact && startsAt(uri, one.uri))) ?? null;
    if (found && this.#known.size < 1000) this.#known.set(resourceUri, found);
    return found;
  }

  /** Who answers for the URI. Throws DestinationUnreachable, or ActionNotSupported when the resource cannot do this. */
  need(resourceUri: string, capability: Capability): FoundResource {
    const found = this.find(resourceUri);
    if (!found) throw fault('resourceNotFound');
    if (!found.declaration.capabilities.includes(capability)) throw fault('actionNotSupported');
    return found;
  }
}

/** A prefix ends where a part of the URI ends. */
const startsAt = (uri: string, prefix: string): boolean =>
  uri.startsWith(prefix) && (prefix.endsWith('/') || /[/?]/.test(uri[prefix.length]!));
