// OpenPGP.js for peers.py: reads one JSON job a line from standard input, writes one JSON answer a line.
//
//   {"do": "generate", "options": {...}}                     -> {"secret", "public": armored}
//   {"do": "sign", "secret": [armored...], "text"}           -> {"message"}
//   {"do": "verify", "keyring", "message": base64, "now"}    -> {"good": how many signatures verify}
//
// Whatever goes wrong is {"error"}. OPENPGP names the module's folder.
import { createInterface } from "node:readline";

const openpgp = await import(`${process.env.OPENPGP}/dist/node/openpgp.mjs`);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

async function generate({ options }) {
	const made = await openpgp.generateKey({ ...options, format: "object" });
	return { secret: made.privateKey.armor(), public: made.publicKey.armor() };
}

async function sign({ secret, text }) {
	const signingKeys = await Promise.all(secret.map((armoredKey) => openpgp.readPrivateKey({ armoredKey })));
	const message = await openpgp.createCleartextMessage({ text });
	return { message: await openpgp.sign({ message, signingKeys }) };
}

async function verify({ keyring, message, now }) {
	const binaryKeys = Buffer.from(keyring, "base64");
	const armored = binaryKeys.includes("-----BEGIN");
	const verificationKeys = await openpgp.readKeys(armored ? { armoredKeys: decoder.decode(binaryKeys) } : { binaryKeys });
	const cleartextMessage = decoder.decode(Buffer.from(message, "base64"));
	const { signatures } = await openpgp.verify({
		message: await openpgp.readCleartextMessage({ cleartextMessage }),
		verificationKeys,
		date: new Date(now * 1000),
	});
	const results = await Promise.allSettled(signatures.map(({ verified }) => verified));
	return { good: results.filter(({ status }) => status === "fulfilled").length };
}

for await (const line of createInterface({ input: process.stdin })) {
	const job = JSON.parse(line);
	let answer;
	try {
		answer = await { generate, sign, verify }[job.do](job);
	} catch (error) {
		answer = { error: String(error) };
	}
	console.log(JSON.stringify(answer));
}
