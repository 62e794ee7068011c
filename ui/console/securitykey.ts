// Security keys: the browser's own JSON forms of what the server asks and what a key answers.

/** Not in old browsers, nor where the page is not served securely. */
export const keysWork = (): boolean =>
  "PublicKeyCredential" in globalThis &&
  typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function";

/** A new credential, as JSON; null when the person or the browser gave up. */
export async function makeKey(options: PublicKeyCredentialCreationOptionsJSON): Promise<unknown> {
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return asJson(await navigator.credentials.create({ publicKey }));
  } catch {
    return null;
  }
}

/** A signature of one of the account's keys, as JSON; null when the person or the browser gave up. */
export async function askKey(options: PublicKeyCredentialRequestOptionsJSON): Promise<unknown> {
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return asJson(await navigator.credentials.get({ publicKey }));
  } catch {
    return null;
  }
}

const asJson = (credential: Credential | null): unknown =>
  credential instanceof PublicKeyCredential ? credential.toJSON() : null;
