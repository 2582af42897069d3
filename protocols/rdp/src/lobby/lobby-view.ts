/** What the lobby shows. The words are the caller's: this package has none of its own but names of keys. */
export type LobbyView =
  | {
      readonly kind: 'progress';
      /** Above the card, for instance the organisation's or product's name. */
      readonly product: string;
      /** The card's heading: what the user is going to, for instance the collection's name. */
      readonly title: string;
      /** Under the heading, for instance the target's name; '' for none. */
      readonly subtitle: string;
      /** What is being done now, for instance "starting the virtual machine". */
      readonly status: string;
      /** 0 to 1, or null when nobody knows: then a piece of the bar travels with `tick`. */
      readonly progress: number | null;
      /** Counts the pictures, for the travelling piece: any whole number. */
      readonly tick: number;
      /** Under the card, for instance "Press Esc to cancel"; '' for none. */
      readonly hint: string;
      /** The label of the button that cancels; null for none. */
      readonly cancel: string | null;
    }
  | {
      readonly kind: 'sign-in';
      readonly product: string;
      readonly title: string;
      readonly subtitle: string;
      readonly userLabel: string;
      readonly passwordLabel: string;
      readonly submit: string;
      readonly cancel: string | null;
      /** What is wrong with the last try; '' for nothing. */
      readonly error: string;
      /** Checking: the fields take nothing and the button shows this; null when the form is open. */
      readonly busy: string | null;
      /** Shown while caps lock is on and the password has the focus. */
      readonly capsLockWarning: string;
      readonly hint: string;
    }
  | {
      /** A list of which the user takes one. */
      readonly kind: 'choice';
      readonly product: string;
      readonly title: string;
      readonly subtitle: string;
      /** At least one; long lists scroll with the selection. */
      readonly options: readonly LobbyOption[];
      /** Which of them is selected at first. */
      readonly selected: number;
      readonly cancel: string | null;
      readonly hint: string;
    }
  | {
      /** The end: what went wrong or why nothing more comes. */
      readonly kind: 'message';
      readonly product: string;
      readonly title: string;
      readonly text: string;
      readonly hint: string;
      /** The label of the button that closes; null for none. */
      readonly close: string | null;
    };

/** One line of a choice. */
export interface LobbyOption {
  readonly label: string;
  /** Behind the label, marked, for instance "session open"; '' for none. */
  readonly note: string;
}
