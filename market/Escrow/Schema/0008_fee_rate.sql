-- Accounts that pay another fee than everybody are few, and looked at often.
create index account_fee on market.account (pubkey) where fee_bps is not null;
