import { parseXml, writeXml, type XmlContent } from '@atelier/wsman';
import type { EnumeratedItem, ResourceDeclaration, ResourceProvider } from '../src/resource-provider.ts';
import type { Finding } from './finding.ts';
import { late, trialContext, within } from './trial.ts';

type Say = (severity: Finding['severity'], message: string) => void;

const functions = ['get', 'put', 'create', 'delete', 'enumerate', 'invoke', 'subscribe'] as const;

function checkDeclaration({ uri, capabilities }: ResourceDeclaration, provider: ResourceProvider, say: Say): void {
  if (!URL.canParse(uri)) say('error', 'is no URI');
  if (capabilities.length === 0) say('error', 'can do nothing');
  for (const one of functions) {
    const able = typeof provider[one] === 'function';
    if (capabilities.includes(one) && !able) say('error', `says that it can ${one}, but there is no such function`);
  }
  if (capabilities.includes('shell')) say('error', 'says that it opens shells, which is for shell providers');
}

/** Why content cannot be sent, null when it can. */
function wrongContent(content: XmlContent): string | null {
  try {
    parseXml('raw' in content ? content.raw : writeXml(content));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

async function checkEnumerate(uri: string, provider: ResourceProvider, patience: number, say: Say): Promise<void> {
  const end = new AbortController();
  const request = {
    resourceUri: uri,
    selectors: [],
    filter: null,
    polymorphism: null,
    mode: 'object-and-epr',
  } as const;
  const iterator = provider.enumerate!(request, trialContext(end.signal))[Symbol.asyncIterator]();
  const found: EnumeratedItem[] = [];
  while (found.length < 50) {
    const next = await within(Promise.resolve(iterator.next()), patience);
    if (next === late) {
      say('error', `enumerate takes more than ${patience} ms to give an item`);
      break;
    }
    if (next.done) break;
    found.push(next.value);
  }
  end.abort();
  const ended = await within(
    Promise.resolve(iterator.return?.()).catch(() => undefined),
    patience,
  );
  if (ended === late) say('error', `enumerate does not end within ${patience} ms when it is aborted`);
  for (const complaint of new Set(found.map((one) => wrongContent(one.item)).filter((one) => one !== null)))
    say('error', `an item cannot be sent: ${complaint}`);
  if (found.some((one) => !one.reference)) say('error', 'enumerate gives no reference although the mode asks for it');
  if (!provider.get) return;
  for (const { reference } of found.slice(0, 3)) {
    if (!reference) continue;
    const answer = await within(provider.get(reference, trialContext(new AbortController().signal)), patience);
    if (answer === late) say('error', `get takes more than ${patience} ms`);
    else if (wrongContent(answer) !== null) say('error', `what get gives cannot be sent: ${wrongContent(answer)}`);
  }
}

/**
 * Checks a provider of resources as the listener will use it: what it declares, what it enumerates and gets, and how it ends. Calls nothing that
 * changes. `className` of a finding is the URI that it is about. `patience`: milliseconds for one answer. No finding means that the provider is fit.
 */
export async function checkResourceProvider(
  provider: ResourceProvider,
  options: { readonly patience?: number } = {},
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const patience = options.patience ?? 5000;
  try {
    await provider.start?.();
    if (provider.resources.length === 0)
      findings.push({ severity: 'error', className: null, message: 'the provider declares no resources' });
    for (const one of provider.resources) {
      const say: Say = (severity, message) => findings.push({ severity, className: one.uri, message });
      checkDeclaration(one, provider, say);
      if (!one.capabilities.includes('enumerate') || !provider.enumerate) continue;
      try {
        await checkEnumerate(one.uri, provider, patience, say);
      } catch (error) {
        say('error', `enumerate or get fails: ${(error as Error).message}`);
      }
    }
  } finally {
    await provider.stop?.();
  }
  return findings;
}
