// What a module tells upward: it says what happened, and does not know who listens.
export function signal() {
  const listeners = [];
  return {
    listen: (listener) => listeners.push(listener),
    tell: (...news) => listeners.forEach((listener) => listener(...news)),
  };
}
