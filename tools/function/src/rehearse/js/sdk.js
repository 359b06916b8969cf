// A client that behaves towards a function as the published SDK does: same headers read, same
// routes asked, same values and errors handed back. The routes are answered by the sandbox.
(h, inner) => {
"use strict";
class Base44Error extends Error {
  constructor(message, status, code, data, originalError) {
    super(message);
    this.name = "Base44Error"; this.status = status; this.code = code; this.data = data; this.originalError = originalError;
  }
  toJSON() { return { name: this.name, message: this.message, status: this.status, code: this.code, data: this.data }; }
}
class AxiosError extends Error {
  constructor(message, response) { super(message); this.name = "AxiosError"; this.status = response.status; this.response = response; this.code = response.status < 500 ? "ERR_BAD_REQUEST" : "ERR_BAD_RESPONSE"; this.isAxiosError = true; }
}
const wire = (token, extra) => async (method, path, { query, body } = {}) => {
  const params = query && Object.fromEntries(Object.entries(query).filter(([, v]) => v !== undefined && v !== null));
  return inner.ask("api", { token: token ?? null, behalf: extra?.behalf ?? null, method, path, query: params ?? {}, body: body === undefined ? null : body });
};
const unwrap = (send) => async (...args) => {
  const { status, body } = await send(...args);
  if (status >= 200 && status < 300) return body;
  const axios = new AxiosError(`Request failed with status code ${status}`, { status, data: body, headers: {} });
  throw new Base44Error(body?.error?.message || body?.message || body?.detail || axios.message, status, body?.error?.code ?? body?.code, body, axios);
};
const whole = (send) => async (...args) => {
  const { status, body } = await send(...args);
  const response = { status, statusText: "", data: body, headers: {}, config: {} };
  if (status >= 200 && status < 300) return response;
  throw new AxiosError(`Request failed with status code ${status}`, response);
};
const need = (value, message) => { if (!value || typeof value !== "string") throw new Error(message); };
const named = (make) => new Proxy({}, { get: (_, k) => typeof k !== "string" || k === "then" || k.startsWith("_") ? undefined : make(k) });

const entity = (send, base) => {
  const fields = (f) => (Array.isArray(f) ? f.join(",") : f);
  const many = (sort, limit, skip, f, q) => send("GET", base, { query: { q: q ? JSON.stringify(q) : undefined, sort: sort || undefined, limit: limit || undefined, skip: skip || undefined, fields: f ? fields(f) : undefined } });
  const page = (o, q) => send("GET", `${base}/v2/list`, { query: { q: q ? JSON.stringify(q) : undefined, limit: o.limit || 100, cursor: o.cursor || undefined, distinct: o.distinct, sort: o.sort, fields: o.fields ? fields(o.fields) : undefined } });
  const options = (v) => typeof v === "object" && v !== null;
  return {
    async list(sort, limit, skip, f) { return options(sort) ? page(sort) : many(sort, limit, skip, f); },
    async filter(q, sort, limit, skip, f) { return options(sort) ? page(sort, q) : many(sort, limit, skip, f, q); },
    async get(id) { return send("GET", `${base}/${id}`); },
    async create(data) { return send("POST", base, { body: data }); },
    async update(id, data) { return send("PUT", `${base}/${id}`, { body: data }); },
    async delete(id) { return send("DELETE", `${base}/${id}`); },
    async deleteMany(q) { return send("DELETE", base, { body: q }); },
    async bulkCreate(data) { return send("POST", `${base}/bulk`, { body: data }); },
    async bulkUpdate(data) { return send("PUT", `${base}/bulk`, { body: data }); },
    async updateMany(query, data) { return send("PATCH", `${base}/update-many`, { body: { query, data } }); },
    async count(q) { return (await send("GET", `${base}/count`, { query: { q: q ? JSON.stringify(q) : undefined } })).count; },
    async aggregate(spec) { return send("POST", `${base}/aggregate`, { body: spec }); },
    async upsert(records, o) { return send("POST", `${base}/upsert`, { body: { records, key: o.key } }); },
    subscribe() { return () => {}; },
  };
};
const connection = (data) => ({ accessToken: data.access_token, connectionConfig: data.connection_config ?? null });
const modules = (appId, send, raw) => {
  const base = `/apps/${appId}`;
  return {
    entities: named((name) => entity(send, `${base}/entities/${name}`)),
    integrations: named((pack) => pack === "custom"
      ? { async call(slug, operation, params) { const { pathParams, queryParams, ...rest } = params ?? {}; return send("POST", `${base}/integrations/custom/${slug}/${operation}`, { body: { ...rest, ...(pathParams && { path_params: pathParams }), ...(queryParams && { query_params: queryParams }) } }); } }
      : named((endpoint) => async (data) => {
        if (typeof data === "string") throw new Error(`Integration ${endpoint} must receive an object with named parameters, received: ${data}`);
        return send("POST", pack === "Core" ? `${base}/integration-endpoints/Core/${endpoint}` : `${base}/integration-endpoints/installable/${pack}/integration-endpoints/${endpoint}`, { body: data });
      })),
    functions: {
      async invoke(name, data) {
        if (typeof data === "string") throw new Error(`Function ${name} must receive an object with named parameters, received: ${data}`);
        return raw("POST", `${base}/functions/${name}`, { body: data });
      },
      async fetch(path, init = {}) {
        const { status, body } = await inner.ask("api", { token: null, behalf: null, method: String(init.method ?? "GET"), path: `/functions${path.startsWith("/") ? path : "/" + path}`, query: {}, body: init.body === undefined ? null : String(init.body) });
        return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
      },
    },
    agents: named((name) => async (...args) => send("POST", `${base}/agents/${name}`, { body: args })),
    appLogs: { async logUserInApp() {}, async fetchLogs() { return []; }, async getStats() { return {}; } },
    cleanup() {},
  };
};
function createClient({ serverUrl = "https://base44.app", appId, token, serviceToken } = {}) {
  let current = token;
  const client = () => wire(current);
  const send = (...a) => unwrap(client())(...a), raw = (...a) => whole(client())(...a);
  const base = `/apps/${appId}`;
  const user = modules(appId, send, raw);
  const id = (v) => encodeURIComponent(v);
  user.auth = {
    hasToken: () => Boolean(current),
    async me() { return send("GET", `${base}/entities/User/me`); },
    async updateMe(data) { return send("PUT", `${base}/entities/User/me`, { body: data }); },
    async isAuthenticated() { try { await this.me(); return true; } catch { return false; } },
    setToken(t) { current = t; },
    redirectToLogin() { throw new Error("Login method can only be used in a browser environment"); },
    logout() {},
  };
  user.connectors = {
    async connectAppUser(c) { need(c, "Connector ID is required and must be a string"); return (await send("POST", `${base}/app-user-auth/connectors/${id(c)}/initiate`)).redirect_url; },
    async disconnectAppUser(c) { need(c, "Connector ID is required and must be a string"); await send("DELETE", `${base}/app-user-auth/connectors/${id(c)}`); },
  };
  user.users = { async inviteUser(user_email, role) { if (role !== "user" && role !== "admin") throw new Error(`Invalid role: "${role}". Role must be either "user" or "admin".`); return send("POST", `${base}/runtime/users/invite-user`, { body: { user_email, role } }); } };
  user.app = { async getPublicSettings() { return { id: appId, public_settings: "public_without_login" }; } };
  user.analytics = { track() {}, cleanup() {} };
  const asService = unwrap(wire(serviceToken, { behalf: token }));
  const service = modules(appId, asService, whole(wire(serviceToken)));
  const tokenOf = (path) => asService("GET", path);
  const connector = (what) => async (c) => { need(c, `${what} is required and must be a string`); return c; };
  const type = connector("Integration type"), connectorId = connector("Connector ID");
  service.connectors = {
    async getConnection(c) { return connection(await tokenOf(`${base}/external-auth/tokens/${id(await type(c))}`)); },
    async getAccessToken(c) { return (await tokenOf(`${base}/external-auth/tokens/${id(await type(c))}`)).access_token; },
    async getWorkspaceConnection(c) { return connection(await tokenOf(`${base}/external-auth/tokens/connectors/${id(await connectorId(c))}`)); },
    async getCurrentAppUserConnection(c) { return connection(await tokenOf(`${base}/app-user-auth/connectors/${id(await connectorId(c))}/token`)); },
    async getCurrentAppUserAccessToken(c) { return (await tokenOf(`${base}/app-user-auth/connectors/${id(await connectorId(c))}/token`)).access_token; },
    async callApi(c, request) {
      await type(c);
      if (!request || typeof request !== "object") throw new Error("Request is required and must be an object");
      need(request.path, "Request path is required and must be a string");
      const d = await asService("POST", `${base}/connectors/${id(c)}/call`, { body: { method: request.method ?? "GET", ...(request.host == null ? {} : { host: request.host }), path: request.path, query: request.query ?? {}, headers: request.headers ?? {}, body: request.body ?? null } });
      return { success: d.success, phase: d.phase, status: d.status_code ?? null, data: d.data, dataBase64: d.data_base64 ?? null, contentType: d.content_type ?? null, headers: d.headers ?? {}, creditsCharged: d.credits_charged ?? 0 };
    },
  };
  service.sso = { async getAccessToken(u) { return asService("GET", `${base}/auth/sso/accesstoken/${u}`); }, async getIdToken(u) { return asService("GET", `${base}/auth/sso/idtoken/${u}`); } };
  return {
    ...user,
    setToken(t) { current = t; },
    getConfig: () => ({ serverUrl, appId, requiresAuth: false }),
    get asServiceRole() {
      if (!serviceToken) throw new Error("Service token is required to use asServiceRole. Please provide a serviceToken when creating the client.");
      return service;
    },
  };
}
function createClientFromRequest(request) {
  const bearer = (name) => {
    const v = request.headers.get(name);
    if (v === null) return undefined;
    if (!v.startsWith("Bearer ") || v.split(" ").length !== 2) throw new Error('Invalid authorization header format. Expected "Bearer <token>"');
    return v.split(" ")[1];
  };
  const appId = request.headers.get("Base44-App-Id");
  if (!appId) throw new Error("Base44-App-Id header is required, but is was not found on the request");
  const serviceToken = bearer("Base44-Service-Authorization");
  return createClient({ serverUrl: request.headers.get("Base44-Api-Url") || "https://base44.app", appId, token: bearer("Authorization"), serviceToken });
}
return { createClient, createClientFromRequest, Base44Error, getAccessToken: () => null, saveAccessToken: () => false, removeAccessToken: () => false, getLoginUrl: (next) => `/login?from_url=${encodeURIComponent(next)}` };
}
