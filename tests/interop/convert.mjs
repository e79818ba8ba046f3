// One request as JSON on standard input, its answer on standard output. Keys are never arguments.
//   { "do": "decrypt", "text", "identity" }    an armored age file to its text
//   { "do": "encrypt", "text", "recipients" }  the other way round
//   { "do": "sops", "text", "identity" }       a SOPS file in JSON to its values, as JSON
import { readFileSync } from "node:fs";
import { armor, Decrypter, Encrypter } from "age-encryption";
import { decryptSops } from "sops-age";

const request = JSON.parse(readFileSync(0, "utf8"));
const actions = {
  async decrypt({ text, identity }) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return decrypter.decrypt(armor.decode(text), "text");
  },
  async encrypt({ text, recipients }) {
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    return armor.encode(await encrypter.encrypt(text));
  },
  async sops({ text, identity }) {
    return JSON.stringify(await decryptSops(text, { secretKey: identity, fileType: "json" }));
  },
};
process.stdout.write(await actions[request.do](request));
