// What the page needs to reach its backend. Each value comes from the address
// bar first, then from the build, then from what was stored on an earlier visit.
const inBrowser = typeof window !== 'undefined';

const read = (name, { fallback, hideFromUrl = false } = {}) => {
  if (!inBrowser) return fallback;

  const key = `base44_${name}`;
  const url = new URL(window.location.href);
  const fromUrl = url.searchParams.get(name);

  if (fromUrl && hideFromUrl) {
    url.searchParams.delete(name);
    window.history.replaceState({}, document.title, url.pathname + url.search + url.hash);
  }

  const value = fromUrl ?? fallback;
  if (value) {
    window.localStorage.setItem(key, value);
    return value;
  }
  return window.localStorage.getItem(key);
};

export const appParams = {
  appId: read('app_id', { fallback: import.meta.env.VITE_BASE44_APP_ID }),
  token: read('access_token', { hideFromUrl: true }),
  functionsVersion: read('functions_version'),
  appBaseUrl: read('app_base_url', { fallback: import.meta.env.VITE_BASE44_APP_BASE_URL }),
};
