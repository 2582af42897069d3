/** How long a finger rests until it means the other button. */
const restMs = 600;
/** How far a finger may tremble meanwhile, in CSS pixels. */
const tremble = 8;

const left = 0;
const right = 2;

/**
 * Lets fingers and pens do what a mouse does on `canvas`: a tap clicks, a finger that moves drags, one that rests clicks with the other button, two scroll.
 * IronRDP listens to mouse events only, which browsers make of taps, but of nothing else. Returns what takes it away again.
 */
export function touchAsMouse(canvas: HTMLElement): () => void {
  const down = new Map<number, { readonly x: number; readonly y: number }>();
  let pressed = false;
  let used = false;
  let rest: ReturnType<typeof setTimeout> | undefined;

  const mouse = (type: string, { x, y }: { readonly x: number; readonly y: number }, button = left) =>
    canvas.dispatchEvent(
      new MouseEvent(type, {
        bubbles: true,
        composed: true,
        cancelable: true,
        clientX: x,
        clientY: y,
        button,
        buttons: type === 'mouseup' ? 0 : button === right ? 2 : 1,
      }),
    );
  const press = (at: { readonly x: number; readonly y: number }) => {
    if (pressed) return;
    pressed = true;
    mouse('mousemove', at);
    mouse('mousedown', at);
  };
  const begin = (event: PointerEvent) => {
    if (event.pointerType === 'mouse') return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    const at = { x: event.clientX, y: event.clientY };
    down.set(event.pointerId, at);
    clearTimeout(rest);
    if (down.size > 1) {
      used = true;
      return;
    }
    used = false;
    rest = setTimeout(() => {
      used = true;
      mouse('mousemove', at);
      mouse('mousedown', at, right);
      mouse('mouseup', at, right);
    }, restMs);
  };
  const move = (event: PointerEvent) => {
    const from = down.get(event.pointerId);
    if (!from) return;
    event.preventDefault();
    const at = { x: event.clientX, y: event.clientY };
    if (down.size > 1) {
      down.set(event.pointerId, at);
      const wheel = { deltaX: from.x - at.x, deltaY: from.y - at.y, deltaMode: 0 };
      canvas.dispatchEvent(new WheelEvent('wheel', { bubbles: true, composed: true, cancelable: true, ...wheel }));
      return;
    }
    if (used) return;
    if (!pressed && Math.hypot(at.x - from.x, at.y - from.y) < tremble) return;
    clearTimeout(rest);
    press(from);
    mouse('mousemove', at);
  };
  const end = (event: PointerEvent) => {
    const from = down.get(event.pointerId);
    if (!from) return;
    event.preventDefault();
    clearTimeout(rest);
    down.delete(event.pointerId);
    const at = event.type === 'pointercancel' ? from : { x: event.clientX, y: event.clientY };
    if (!used && event.type === 'pointerup') press(from);
    if (pressed) mouse('mouseup', at);
    pressed = false;
  };
  const ends = ['pointerup', 'pointercancel'] as const;
  const before = canvas.style.touchAction;
  canvas.style.touchAction = 'none';
  canvas.addEventListener('pointerdown', begin);
  canvas.addEventListener('pointermove', move);
  for (const one of ends) canvas.addEventListener(one, end);
  return () => {
    clearTimeout(rest);
    canvas.style.touchAction = before;
    canvas.removeEventListener('pointerdown', begin);
    canvas.removeEventListener('pointermove', move);
    for (const one of ends) canvas.removeEventListener(one, end);
  };
}
