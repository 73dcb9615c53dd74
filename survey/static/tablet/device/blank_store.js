// The store of a device that can keep nothing (no encryption without https, or a private window): practice only. It forgets with the page.

export class BlankStore {
  constructor() {
    this.values = new Map();
    this.username = "";
    this.vault = null;
  }

  async interviews() {
    return [];
  }

  async kept(name) {
    return this.values.get(name);
  }

  keptAtStart(name) {
    return this.kept(name);
  }

  async keep(name, value) {
    this.values.set(name, value);
  }

  async forgetOldReceipts() {}

  async missing() {
    return [];
  }
}
