import type { ActionKey, Key } from '../keyboard/keyboard.ts';

/** What has the focus. */
export type FormFocus = 'user' | 'password' | 'submit' | 'cancel';

/** One line of text with a caret, counted in characters. */
export interface Field {
  readonly characters: readonly string[];
  readonly caret: number;
}

export interface SignInForm {
  readonly user: Field;
  readonly password: Field;
  readonly focus: FormFocus;
}

export type FormDecision = 'submit' | 'cancel';

export interface FormStep {
  readonly form: SignInForm;
  readonly decision: FormDecision | null;
}

/** As long as a redirection's user name and password may be, with room for a domain. */
const mostCharacters = 250;

const field = (text: string): Field => {
  const characters = [...text].slice(0, mostCharacters);
  return { characters, caret: characters.length };
};

export const textOf = (one: Field): string => one.characters.join('');

/** An empty form; with a user name, the password comes next. */
export const createSignInForm = (user: string): SignInForm => ({
  user: field(user),
  password: field(''),
  focus: user === '' ? 'user' : 'password',
});

/** The form with an empty password, which has the focus: after a refusal. */
export const withoutPassword = (form: SignInForm): SignInForm => ({ ...form, password: field(''), focus: 'password' });

/** What a key makes of the form. `cancellable`: whether there is a cancel button to be reached. */
export function keyInForm(form: SignInForm, key: Key, cancellable: boolean): FormStep {
  if (key.kind === 'text') return { form: edit(form, (one) => insert(one, key.text)), decision: null };
  switch (key.action) {
    case 'escape':
      return { form, decision: 'cancel' };
    case 'enter':
      return enter(form);
    case 'tab':
    case 'back-tab':
      return {
        form: { ...form, focus: moved(form.focus, key.action === 'tab' ? 1 : -1, cancellable) },
        decision: null,
      };
    default:
      return { form: edit(form, (one) => act(one, key.action)), decision: null };
  }
}

/** Enter goes from the user to the password, and from there sends the form; on a button it presses that. */
function enter(form: SignInForm): FormStep {
  if (form.focus === 'cancel') return { form, decision: 'cancel' };
  if (form.user.characters.length === 0) return { form: { ...form, focus: 'user' }, decision: null };
  if (form.focus === 'user') return { form: { ...form, focus: 'password' }, decision: null };
  return { form, decision: 'submit' };
}

function moved(from: FormFocus, step: 1 | -1, cancellable: boolean): FormFocus {
  const order: readonly FormFocus[] = ['user', 'password', 'submit', ...(cancellable ? (['cancel'] as const) : [])];
  return order[(order.indexOf(from) + step + order.length) % order.length]!;
}

function edit(form: SignInForm, change: (one: Field) => Field): SignInForm {
  if (form.focus === 'user') return { ...form, user: change(form.user) };
  if (form.focus === 'password') return { ...form, password: change(form.password) };
  return form;
}

function insert({ characters, caret }: Field, text: string): Field {
  const added = [...text].slice(0, mostCharacters - characters.length);
  return {
    characters: [...characters.slice(0, caret), ...added, ...characters.slice(caret)],
    caret: caret + added.length,
  };
}

function act({ characters, caret }: Field, action: ActionKey): Field {
  const without = (at: number): readonly string[] => [...characters.slice(0, at), ...characters.slice(at + 1)];
  switch (action) {
    case 'backspace':
      return caret === 0 ? { characters, caret } : { characters: without(caret - 1), caret: caret - 1 };
    case 'delete':
      return { characters: without(caret), caret };
    case 'left':
      return { characters, caret: Math.max(0, caret - 1) };
    case 'right':
      return { characters, caret: Math.min(characters.length, caret + 1) };
    case 'home':
      return { characters, caret: 0 };
    case 'end':
      return { characters, caret: characters.length };
    case 'clear':
      return { characters: [], caret: 0 };
    default:
      return { characters, caret };
  }
}
