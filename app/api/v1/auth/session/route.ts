import { createSession } from "@/lib/auth/create-session";
import { requireAccount } from "@/lib/auth/require-account";
import { requireOwnOrigin } from "@/lib/auth/require-own-origin";
import { revokeSession } from "@/lib/auth/revoke-session";
import { sessionCookie } from "@/lib/auth/session-cookie";
import { handle } from "@/lib/http/handle";
import {
  createSessionOperation,
  deleteSessionOperation,
  getSessionOperation,
} from "@/lib/http/operations/auth-operations";
import { serve } from "@/lib/http/serve";
import { toWire } from "@/lib/http/to-wire";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(createSessionOperation, async ({ request, body }) => {
    // A browser on another site must not sign a visitor in as somebody else. Programs send no Origin.
    if (request.headers.has("origin")) requireOwnOrigin(request);
    const session = await createSession(body);
    return Response.json(toWire(session), {
      status: createSessionOperation.status,
      headers: { "Set-Cookie": sessionCookie(session.token), "Cache-Control": "no-store" },
    });
  }),
  handle(getSessionOperation, async ({ request }) => {
    const { address, expiresAt } = await requireAccount(request);
    return { address, expiresAt };
  }),
  handle(deleteSessionOperation, async ({ request }) => {
    const { token } = await requireAccount(request);
    await revokeSession(token);
    return Response.json(
      { status: "signed-out" },
      { headers: { "Set-Cookie": sessionCookie(null), "Cache-Control": "no-store" } },
    );
  }),
);
