// Makes the replica set and the one user that Relais has. Run by mongosh against the first member;
// harmless the next time.
const fs = require('fs');

const secret = (name) => fs.readFileSync(`/run/secrets/${name}`, 'utf8').trim();
const NOT_YET_INITIALIZED = 94;

db.getSiblingDB('admin').auth('root', secret('mongo_root_password'));

try {
  rs.status();
} catch (error) {
  if (error.code !== NOT_YET_INITIALIZED) throw error;
  const members = [1, 2, 3].map((n) => ({ _id: n - 1, host: `mongo-${n}:27017` }));
  rs.initiate({ _id: 'relais', members });
}

// Until somebody leads; it need not be us when the set is an old one.
while (!db.hello().primary) sleep(500);
if (!db.hello().isWritablePrimary) {
  print('another member leads: the set was made before');
  quit(0);
}

const relais = db.getSiblingDB('relais');
const password = secret('mongo_relais_password');
if (relais.getUser('relais')) {
  relais.changeUserPassword('relais', password);
} else {
  relais.createUser({
    user: 'relais',
    pwd: password,
    roles: [{ role: 'readWrite', db: 'relais' }],
  });
}
