/** What signs in to a registry of images. Lives in memory only, and is sent to one host and its token realm. */
export type RegistryCredential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token, exchanged at the registry's token realm (`docker login` writes it as user `<token>`). */
  | { readonly kind: 'identity-token'; readonly token: string };
