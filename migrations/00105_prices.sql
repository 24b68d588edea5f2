-- +goose Up
-- A SKU price's identity without its amount (FOCUS SkuPrice).
CREATE SEQUENCE price_ids;
CREATE TABLE prices (
    list_id               bigint NOT NULL REFERENCES lists (id),
    id                    bigint NOT NULL DEFAULT nextval('price_ids'),
    product_id            bigint,
    contract_id           bigint,
    sku_price_id          text COLLATE "C" NOT NULL,
    price_kind            text NOT NULL CHECK (price_kind IN ('list', 'contract', 'fee')),
    price_variant         text COLLATE "C" NOT NULL,
    pricing_unit          text COLLATE "C" NOT NULL,
    pricing_currency      text NOT NULL CHECK (pricing_currency ~ '^[A-Z]{3}$'),
    region_id             text COLLATE "C",
    quantity_tier_minimum numeric CHECK (quantity_tier_minimum >= 0 AND quantity_tier_minimum < 'Infinity'),
    PRIMARY KEY (list_id, id),
    FOREIGN KEY (list_id, product_id) REFERENCES products (list_id, id),
    FOREIGN KEY (list_id, contract_id) REFERENCES contracts (list_id, id),
    CHECK (num_nonnulls(product_id, contract_id) = 1),
    UNIQUE NULLS NOT DISTINCT (list_id, product_id, contract_id, sku_price_id, price_kind, price_variant,
        pricing_unit, pricing_currency, region_id, quantity_tier_minimum)
);
-- Lists of contracts are found by contract_id; this costs products nothing.
CREATE INDEX prices_contract ON prices (list_id, contract_id) WHERE contract_id IS NOT NULL;

-- Versions of a price's amount. Amounts are stored as the provider states
-- them; tax is never computed, and its basis never guessed.
CREATE TABLE price_history (
    list_id         bigint NOT NULL,
    price_id        bigint NOT NULL,
    list_unit_price numeric NOT NULL CHECK (list_unit_price >= 0 AND list_unit_price < 'Infinity'),
    tax_amount      numeric CHECK (tax_amount >= 0 AND tax_amount < 'Infinity'),
    price_with_tax  numeric CHECK (price_with_tax >= 0 AND price_with_tax < 'Infinity'),
    tax_basis       text NOT NULL CHECK (tax_basis IN ('excluded', 'included', 'unknown')),
    effective_from  timestamptz,
    effective_to    timestamptz,
    valid_from      timestamptz NOT NULL,
    valid_to        timestamptz,
    recorded_by     bigint NOT NULL,
    superseded_by   bigint,
    PRIMARY KEY (list_id, price_id, valid_from, recorded_by),
    FOREIGN KEY (list_id, price_id) REFERENCES prices (list_id, id),
    CHECK (valid_from < valid_to),
    CONSTRAINT price_history_no_overlap EXCLUDE USING gist
        (list_id WITH =, price_id WITH =, tstzrange(valid_from, valid_to) WITH &&)
        WHERE (valid_to IS NOT NULL AND superseded_by IS NULL)
);
CREATE UNIQUE INDEX price_history_open ON price_history (list_id, price_id)
    WHERE valid_to IS NULL AND superseded_by IS NULL;
-- What began or ended on a day is found without reading all that ever did, and the
-- price that ended before another began by its moment.
CREATE INDEX price_history_changed ON price_history (valid_from);
CREATE INDEX price_history_ended ON price_history (valid_to, list_id, price_id) WHERE superseded_by IS NULL AND valid_to IS NOT NULL;
-- What a run wrote, and what it made untrue.
CREATE INDEX price_history_recorded ON price_history USING brin (recorded_by);
CREATE INDEX price_history_superseded ON price_history (list_id, superseded_by) WHERE superseded_by IS NOT NULL;

-- A run of snapshots that show something in the place of a price which cannot be
-- believed yet. The price stands unless the run is confirmed; shown is what the
-- snapshots show, from which on, null for no price. A run that ended before it was
-- confirmed is kept too: a late snapshot may confirm or split it.
CREATE TABLE doubts (
    list_id       bigint NOT NULL,
    price_id      bigint NOT NULL,
    reason        text NOT NULL CHECK (reason IN ('lost', 'currency', 'unit', 'tax', 'zero', 'amount')),
    doubted_from  timestamptz NOT NULL,
    doubted_to    timestamptz,
    confirmed_at  timestamptz,
    shown         jsonb NOT NULL,
    recorded_by   bigint NOT NULL,
    superseded_by bigint,
    PRIMARY KEY (list_id, price_id, doubted_from, recorded_by),
    FOREIGN KEY (list_id, price_id) REFERENCES prices (list_id, id),
    CHECK (doubted_from < doubted_to),
    CHECK (confirmed_at >= doubted_from AND (doubted_to IS NULL OR confirmed_at < doubted_to)),
    CONSTRAINT doubts_no_overlap EXCLUDE USING gist
        (list_id WITH =, price_id WITH =, tstzrange(doubted_from, doubted_to) WITH &&)
        WHERE (superseded_by IS NULL)
);
CREATE INDEX doubts_open ON doubts (list_id) WHERE doubted_to IS NULL AND superseded_by IS NULL;
CREATE INDEX doubts_superseded ON doubts (list_id, superseded_by) WHERE superseded_by IS NOT NULL;

-- A price that a snapshot shows for later, by the provider's own dates: first
-- announced at one snapshot, until the first that speaks of prices without it: it was
-- withdrawn there, or has taken force.
CREATE TABLE announced_prices (
    list_id        bigint NOT NULL,
    price_id       bigint NOT NULL,
    effective_from timestamptz NOT NULL,
    announced      jsonb NOT NULL,
    announced_at   timestamptz NOT NULL,
    announced_to   timestamptz,
    recorded_by    bigint NOT NULL,
    superseded_by  bigint,
    PRIMARY KEY (list_id, price_id, effective_from, announced_at, recorded_by),
    FOREIGN KEY (list_id, price_id) REFERENCES prices (list_id, id),
    CHECK (announced_at < announced_to)
);
CREATE INDEX announced_prices_open ON announced_prices (list_id) WHERE announced_to IS NULL AND superseded_by IS NULL;

-- +goose Down
DROP TABLE announced_prices;
DROP TABLE doubts;
DROP TABLE price_history;
DROP TABLE prices;
DROP SEQUENCE price_ids;
