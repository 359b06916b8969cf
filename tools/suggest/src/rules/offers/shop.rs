//! Shops: products, orders, payments.

use super::super::offer::{Offer, On, When};
use crate::clue::{Clue, In, some};

const ORDER: On = On {
    named: "order. orders. purchase checkout cart. pedido encomenda bestellung commande ordine objednavka objednávka הזמנה",
    ground: 34,
    says: "is something bought",
    fields: &[some(
        In::Field,
        "line_items shipping tracking sku fulfillment order_number customer_email subtotal carrier envio versand livraison spedizione doprava משלוח",
        8,
        4,
        4,
        "is what a shop's order has",
    )],
};
const SHOP: &[Clue] = &[
    some(
        In::Entity,
        "product. products. product_variant variant inventory cart. coupon collection gift_card producto produto produkt produit prodotto מוצר עגלה carrito carrinho warenkorb panier carrello kosik",
        10,
        4,
        4,
        "belongs to a shop",
    ),
    some(
        In::Page,
        "cart checkout shop. store. catalog product tienda loja carrito boutique negozio obchod",
        8,
        4,
        4,
        "is part of a shop",
    ),
    some(
        In::Field,
        "sku variant stock inventory_quantity compare_at_price barcode",
        8,
        4,
        3,
        "is what goods have",
    ),
];
const PAID: &[Clue] = &[
    some(
        In::Page,
        "pricing checkout billing subscription payment plans. precios preise tarifs prezzi cenik",
        10,
        4,
        3,
        "is about paying",
    ),
    some(
        In::Entity,
        "subscription payment plan. pricing purchase refund suscripcion assinatura abonnement abbonamento",
        8,
        4,
        3,
        "is about paying",
    ),
    some(
        In::Function,
        "checkout payment subscription refund billing",
        8,
        3,
        3,
        "takes or follows payments",
    ),
];

/// The offers.
pub(super) const OFFERS: &[Offer] = &[
    Offer {
        connector: "shopify",
        kind: "order",
        intents: "list_orders list_products create_product read list",
        on: Some(ORDER),
        around: &[SHOP],
        when: When::Asked,
        title: "{Things} from Shopify",
        prompt: "Bring the orders of our Shopify shop into {things}",
        own: None,
    },
    Offer {
        connector: "stripe",
        kind: "payment",
        intents: "create_customer create_payment payments_api list_payments list read",
        on: Some(On {
            named: "subscription payment. payments. purchase billing plan. suscripcion pago assinatura pagamento zahlung abonnement paiement abbonamento platba תשלום מנוי",
            ground: 34,
            says: "is paid for",
            fields: &[some(
                In::Field,
                "amount price currency payment_status payment_method paid renewal interval trial",
                6,
                3,
                4,
                "says what is paid and how",
            )],
        }),
        around: &[PAID],
        when: When::Asked,
        title: "{Things} with Stripe",
        prompt: "Show the Stripe payments that belong to {things}",
        own: None,
    },
    Offer {
        connector: "square",
        kind: "payment",
        intents: "list_payments list_orders create_customer list read",
        on: Some(ORDER),
        around: &[&[
            some(
                In::Entity,
                "pos. pos_ tip. tip_ menu_item table_ register shift. store_location terminal caja kasse caisse cassa",
                14,
                5,
                3,
                "belongs to a counter",
            ),
            some(
                In::Page,
                "pos. pos_ menu. register kitchen tables.",
                10,
                4,
                2,
                "is used at a counter",
            ),
        ]],
        when: When::Asked,
        title: "{Things} with Square",
        prompt: "Show the Square payments that belong to {things}",
        own: None,
    },
];
