const NAME = 'millrace-key';

/** The API key of this tab: gone when the tab is closed. */
export const readKey = () => sessionStorage.getItem(NAME) ?? undefined;
export const keepKey = (key) => sessionStorage.setItem(NAME, key);
export const forgetKey = () => sessionStorage.removeItem(NAME);

export function keyHeaders() {
  const key = readKey();
  return key === undefined ? {} : { Authorization: `Bearer ${key}` };
}

/** Protocols to offer for a WebSocket, which cannot carry a header: the key goes beside the protocol, in base64url. */
export function keyProtocols() {
  const key = readKey();
  if (key === undefined) return ['millrace.v1'];
  const bytes = String.fromCharCode(...new TextEncoder().encode(key));
  const text = btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return ['millrace.v1', `base64url.key.millrace.${text}`];
}
