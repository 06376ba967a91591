'use strict';
'require view';
'require rpc';
'require poll';
'require ui';
'require dom';

/*
 * The SSH keys that let somebody in now. Comments, reasons and names are what strangers have written: children of elements
 * stand in arrays here, always, for LuCI makes text of what is in an array, and HTML of what is not.
 */

const callKeys = rpc.declare({ object: 'inki', method: 'keys', expect: { '': {} } });
const callSigners = rpc.declare({ object: 'inki', method: 'signers', expect: { '': {} } });
const callRemove = rpc.declare({ object: 'inki', method: 'remove', params: [ 'user', 'fingerprint' ], expect: { '': {} } });

function duration(seconds) {
	const parts = [ [ 86400, _('d') ], [ 3600, _('h') ], [ 60, _('min') ], [ 1, _('s') ] ];
	const words = [];

	for (const [ size, unit ] of parts) {
		if ((seconds >= size || size === 1) && words.length < 2)
			words.push('%d %s'.format(Math.floor(seconds / size), unit));
		seconds %= size;
	}
	return words.join(' ');
}

/* The type and the comment of "type base64 comment". */
function describeKey(line) {
	const [ type, , ...comment ] = String(line).split(' ');

	return comment.length ? '%s, %s'.format(type, comment.join(' ')) : type;
}

return view.extend({
	names: new Map(), /* of signers, by fingerprint: what they call themselves */

	load() {
		return this.fetch();
	},

	/* Names are told by the events that brought keys in; without them there are still the fingerprints. */
	async fetchNames() {
		try {
			for (const event of (await callSigners()).events ?? [])
				(event.signer ?? []).forEach((signer, i) => this.names.set(signer, event.uid?.[i]));
		} catch (error) {
			console.warn(error);
		}
	},

	/* The list, or what went wrong; in the time of the browser, whose clock need not be the router's. */
	async fetch() {
		try {
			const answer = await callKeys();

			if (!answer || answer.error || !Array.isArray(answer.keys))
				return { error: answer?.error ?? _('The answer is no list of keys.') };
			if (answer.keys.some((key) => this.signersOf(key).some((signer) => !this.names.has(signer))))
				await this.fetchNames();
			return { keys: answer.keys, ahead: Date.now() - 1000 * (answer.now ?? Date.now() / 1000) };
		} catch (error) {
			return { error: error.message ?? String(error) };
		}
	},

	render(state) {
		this.table = E('div', { 'id': 'inki-keys' });
		this.show(state);
		poll.add(() => this.fetch().then((state) => this.show(state)), 5);
		window.setInterval(() => this.tick(), 1000);
		return E('div', [
			E('h2', [ _('SSH keys (inki)') ]),
			E('p', [ _('These keys let somebody in now. Sessions that are open go on after their key has ended.') ]),
			this.table
		]);
	},

	show(state) {
		this.state = state;
		if (state.error)
			dom.content(this.table, [ E('div', { 'class': 'alert-message error' }, [ state.error ]) ]);
		else if (state.keys.length === 0)
			dom.content(this.table, [ E('p', [ E('em', [ _('No key lets anybody in now.') ]) ]) ]);
		else
			dom.content(this.table, [ E('table', { 'class': 'table' }, [
				E('tr', { 'class': 'tr table-titles' }, [ _('User'), _('Key'), _('Signed by'), _('Time left'), '' ]
					.map((title) => E('th', { 'class': 'th' }, [ title ])))
			].concat(state.keys.map((key) => this.row(key)))) ]);
		this.tick();
	},

	signersOf(key) {
		return key.signers ?? [ key.signer ];
	},

	row(key) {
		return E('tr', { 'class': 'tr', 'data-fingerprint': String(key.fingerprint) }, [
			E('td', { 'class': 'td' }, [ key.user ]),
			E('td', { 'class': 'td' }, [ describeKey(key.key), E('br'), E('code', [ key.fingerprint ]),
				key.reason ? E('div', [ key.reason ]) : '' ]),
			E('td', { 'class': 'td' }, this.signersOf(key).map((signer) => E('div', [
				this.names.get(signer) ?? '', E('br'), E('code', [ signer ])
			]))),
			E('td', { 'class': 'td', 'data-end': Date.parse(key.expire), 'title': String(key.expire) }),
			E('td', { 'class': 'td cbi-section-actions' }, [
				E('button', { 'class': 'btn cbi-button cbi-button-remove', 'click': () => this.ask(key) }, [ _('Remove') ])
			])
		]);
	},

	tick() {
		for (const cell of this.table.querySelectorAll('[data-end]')) {
			const left = Math.round((Number(cell.getAttribute('data-end')) + this.state.ahead - Date.now()) / 1000);

			dom.content(cell, [ left > 0 ? duration(left) : _('ended') ]);
		}
	},

	ask(key) {
		ui.showModal(_('Remove this key?'), [
			E('p', [ _('It will not let %s in any more.').format(key.user) ]),
			E('p', [ E('code', [ key.fingerprint ]) ]),
			E('div', { 'class': 'right' }, [
				E('button', { 'class': 'btn', 'click': ui.hideModal }, [ _('Cancel') ]),
				' ',
				E('button', { 'class': 'btn cbi-button-negative', 'click': () => this.remove(key) }, [ _('Remove') ])
			])
		]);
	},

	async remove(key) {
		let error;

		ui.hideModal();
		try {
			error = (await callRemove(key.user, key.fingerprint))?.error;
		} catch (failure) {
			error = failure.message ?? String(failure);
		}
		if (error)
			ui.addNotification(null, E('p', [ _('The key was not removed:'), ' ', error ]), 'error');
		this.show(await this.fetch());
	},

	handleSave: null,
	handleSaveApply: null,
	handleReset: null
});
