-- Where the other nodes reach a node; one that says nothing cannot be asked by them.
ALTER TABLE nodes ADD COLUMN url ${text};
