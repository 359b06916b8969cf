//! Books and money: invoices, expenses, shared costs.

use super::super::offer::{Offer, On, When};
use crate::clue::{Clue, In, Words, some};

const INVOICE: Words =
    "invoice. invoices. bill. bills. invoice_item estimate factura fatura rechnung facture fattura faktura חשבונית";
const FIELDS: &[Clue] = &[some(
    In::Field,
    "invoice_number tax vat iva mwst tva due_date line_items subtotal total balance amount_due currency",
    8,
    4,
    4,
    "is what an invoice has",
)];
const BOOKKEEPING: &[Clue] = &[
    some(
        In::Entity,
        "expense payment. payments. vendor payable receivable account. ledger journal_entry bank_account tax_rate bill. gasto pago despesa ausgabe depense spesa vydaj הוצאה",
        8,
        4,
        4,
        "belongs in the books",
    ),
    some(
        In::Page,
        "accounting invoices. finance expense payable receivable ledger bookkeeping contabil buchhalt comptab ucetni",
        10,
        4,
        3,
        "is about the books",
    ),
];

const fn invoice(
    connector: &'static str,
    around: &'static [&'static [Clue]],
    title: &'static str,
    prompt: &'static str,
) -> Offer {
    Offer {
        connector,
        kind: "invoice",
        intents: "create_invoice create_bill create write list_invoices read_invoices list read",
        on: Some(On {
            named: INVOICE,
            ground: 36,
            says: "is money owed",
            fields: FIELDS,
        }),
        around,
        when: When::Created,
        title,
        prompt,
        own: None,
    }
}

/// The offers.
pub(super) const OFFERS: &[Offer] = &[
    invoice(
        "quickbooks",
        &[BOOKKEEPING],
        "{Things} in QuickBooks",
        "When {a} {happens}, create the invoice in QuickBooks[ over its {money}]",
    ),
    invoice(
        "xero",
        &[BOOKKEEPING],
        "{Things} in Xero",
        "When {a} {happens}, create the invoice in Xero[ over its {money}]",
    ),
    invoice(
        "freshbooks",
        &[
            BOOKKEEPING,
            &[some(
                In::Entity,
                "time_entry timesheet freelance client. clients.",
                8,
                3,
                2,
                "is billed by small businesses",
            )],
        ],
        "{Things} in FreshBooks",
        "When {a} {happens}, create the invoice in FreshBooks[ over its {money}]",
    ),
    Offer {
        connector: "splitwise",
        kind: "expense",
        intents: "create_expense create list_groups list",
        on: Some(On {
            named: "split_bill split shared_expense shared_wallet iou group_expense roommate settlement gasto_compartido despesa_compart",
            ground: 46,
            says: "is a cost that several people share",
            fields: &[some(
                In::Field,
                "owed payer paid_by split share. participants amount",
                6,
                3,
                3,
                "says who owes what",
            )],
        }),
        around: &[],
        when: When::Created,
        title: "{Things} in Splitwise",
        prompt: "When {a} {happens}, add it to Splitwise[ with its {money}]",
        own: None,
    },
];
