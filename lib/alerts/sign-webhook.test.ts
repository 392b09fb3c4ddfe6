import { describe, expect, test } from "vitest";
import { webhookHeaders } from "./sign-webhook";
import { newWebhookSecret, openSecret, sealSecret, secretBytes } from "./webhook-secret";

// The example of the Standard Webhooks documentation, worked out again with openssl:
//   printf '%s' 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}' | openssl dgst -sha256 -mac HMAC \
//     -macopt hexkey:$(printf 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' | base64 -d | xxd -p -c99) -binary | base64
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SIGNATURE = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const message = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestampSeconds: 1_614_265_330,
  body: '{"test": 2432232314}',
};

describe("webhookHeaders", () => {
  test("given a secret, the headers are those of Standard Webhooks", () => {
    expect(webhookHeaders(message, [SECRET])).toEqual({
      "content-type": "application/json",
      "user-agent": "Superstream-Webhooks/1",
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": `v1,${SIGNATURE}`,
    });
  });

  test("given a secret that is being changed, both sign, the new one first", () => {
    const signatures = webhookHeaders(message, [newWebhookSecret(), SECRET])["webhook-signature"]?.split(" ");
    expect(signatures).toHaveLength(2);
    expect(signatures?.[1]).toBe(`v1,${SIGNATURE}`);
    expect(signatures?.[0]).not.toBe(signatures?.[1]);
  });

  test("given another id, time or body, the signature is another one", () => {
    for (const changed of [
      { id: "msg_2" },
      { timestampSeconds: 1_614_265_331 },
      { body: '{"test":2432232314}' },
    ])
      expect(webhookHeaders({ ...message, ...changed }, [SECRET])["webhook-signature"]).not.toBe(
        `v1,${SIGNATURE}`,
      );
  });
});

describe("webhook secrets", () => {
  const [newKey, oldKey] = [
    "operator key of today, 32 bytes at least",
    "operator key of before, 32 bytes or so",
  ];

  test("given a new secret, it is 32 random bytes in the form of the scheme", () => {
    const secret = newWebhookSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(secretBytes(secret)).toHaveLength(32);
    expect(newWebhookSecret()).not.toBe(secret);
  });

  test("given the key that sealed it, today's or the one before, it opens", () => {
    const sealed = sealSecret(SECRET, "whk_1", oldKey);
    expect(openSecret(sealed, "whk_1", [oldKey])).toBe(SECRET);
    expect(openSecret(sealed, "whk_1", [newKey, oldKey])).toBe(SECRET);
  });

  test("given another key, another endpoint or a changed byte, it does not open", () => {
    const sealed = sealSecret(SECRET, "whk_1", newKey);
    expect(() => openSecret(sealed, "whk_1", [oldKey])).toThrow("rotate it");
    expect(() => openSecret(sealed, "whk_2", [newKey])).toThrow("rotate it");
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => openSecret(changed, "whk_1", [newKey])).toThrow(/rotate it|unknown form/);
    }
  });

  test("given a sealed secret, the secret cannot be read off it, and sealing twice looks different", () => {
    const sealed = sealSecret(SECRET, "whk_1", newKey);
    expect(sealed.includes(Buffer.from(SECRET))).toBe(false);
    expect(sealed.includes(secretBytes(SECRET))).toBe(false);
    expect(sealSecret(SECRET, "whk_1", newKey).equals(sealed)).toBe(false);
  });
});
