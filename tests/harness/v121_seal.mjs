// Seals texts as the first system did, with Node's own crypto: AES-256-CBC under scrypt(app secret).
// `node v121_seal.mjs vectors` prints the vectors of tests/unit/v121_vectors.json;
// `node v121_seal.mjs` reads {"secret", "texts"} from stdin and prints the sealed texts.
import { createCipheriv, createHash, randomBytes, scryptSync } from "node:crypto";
import { readFileSync } from "node:fs";

function seal(key, iv, text) {
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return `${iv.toString("hex")}:${cipher.update(text, "utf8", "hex")}${cipher.final("hex")}`;
}

function key(secret, salt = "salt", options = {}) {
  return scryptSync(secret, salt, 32, options);
}

function vectors() {
  const cases = [
    { text: "EAAB" + "x".repeat(16) },
    { text: "EAABsbCS1iHgBO" + "0123456789abcdefZ".repeat(11) },
    { text: "102030405060|a-b_c.d" + "Q".repeat(1004) },
    { text: "EAABanotherSecret0123", secret: "ação-secreta" },
    { text: "EAABanotherSalt012345", salt: "sal grosso" },
    { text: "EAABanotherCost012345", n: 1024, r: 4, p: 2 },
  ];
  return cases.map(({ text, secret = "0123456789abcdef0123456789abcdef", salt = "salt", n = 16384, r = 8, p = 1 }) => {
    const iv = createHash("md5").update(text + salt + n).digest();
    return { secret, salt, n, r, p, text, sealed: seal(key(secret, salt, { N: n, r, p }), iv, text) };
  });
}

if (process.argv[2] === "vectors") {
  console.log(JSON.stringify(vectors(), null, 2));
} else {
  const { secret, texts } = JSON.parse(readFileSync(0, "utf8"));
  const derived = key(secret);
  console.log(JSON.stringify(texts.map((text) => seal(derived, randomBytes(16), text))));
}
