// MeshCentral's own reader and writer of setup.bin, as a filter: `encode` turns its object (JSON) into the file in hex,
// `decode` the file into its object. Strings hold a byte a character, so they travel as latin1.
const path = require('path');
const stack = require(path.join(process.env.VME_MESHCENTRAL, 'node_modules/meshcentral/amt/amt-setupbin.js'));

// Helpers that the module expects its host to have.
global.rstr2hex = (text) => Buffer.from(text, 'latin1').toString('hex');
global.hex2rstr = (hex) => Buffer.from(hex, 'hex').toString('latin1');
global.guidToStr = (hex) => [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16)]
  .map((field) => Buffer.from(field, 'hex').reverse().toString('hex'))
  .concat(hex.slice(16, 20), hex.slice(20)).join('-');

let input = '';
process.stdin.on('data', (data) => { input += data; });
process.stdin.on('end', () => {
  if (process.argv[2] === 'encode') {
    process.stdout.write(Buffer.from(stack().AmtSetupBinEncode(JSON.parse(input)), 'latin1').toString('hex'));
  } else {
    const file = Buffer.from(input, 'hex').toString('latin1');
    process.stdout.write(JSON.stringify(stack().AmtSetupBinDecode(file) || null));
  }
});
