import { Component, type ReactNode } from 'react';
import { ProblemAlert } from '../components/problem-alert.tsx';

/** Keeps the rest of the console usable when a page breaks (a defect, or a part that could not be loaded). */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === null) return this.props.children;
    return <ProblemAlert error={this.state.error} retry={() => location.reload()} />;
  }
}
