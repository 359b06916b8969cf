//! Posts for the public: networks where a business is seen.

use super::super::offer::{Offer, On, When};
use crate::clue::{Clue, In, Words, once, some};

const POST: Words = "social_post post_social marketing_post content_post content_item content_calendar content_asset scheduled_post publicacion publicacao publikac beitrag publication pubblicazion pubblicaz příspěv prispev פוסט";
const FIELDS: &[Clue] = &[
    some(
        In::Field,
        "hashtag platform caption red_social redes plattform plataforma piattaforma plateforme platforma",
        34,
        8,
        2,
        "is made for a network",
    ),
    some(
        In::Field,
        "scheduled publish posted engagement likes impressions reach. followers programad agendad veroffentlich pubblic publi",
        12,
        4,
        3,
        "says when it goes out or how it did",
    ),
    some(
        In::Field,
        "image media video copy. body content texto imagen imagem bild immagin obrazek תמונה",
        6,
        2,
        2,
        "is what people see",
    ),
];
const SEEN: &[Clue] = &[
    some(
        In::Page,
        "social marketing content campaign brand contenido conteudo inhalt campan campagn kampan redes",
        12,
        4,
        2,
        "is about being seen",
    ),
    some(
        In::Function,
        "publish post. posts. social repurpose publicar veroffentlich pubblic",
        12,
        4,
        2,
        "prepares what is published",
    ),
    once(
        In::Entity,
        "social_account brand_voice brand. campaign campana campanha kampagne ad. ads. content_plan",
        8,
        "belongs to marketing",
    ),
];
const BUSINESS: &[Clue] = &[some(
    In::Entity,
    "newsletter article topic brand_voice client. clients. b2b job candidate business_project personal_project blog",
    10,
    3,
    2,
    "is about work and business",
)];
const PICTURES: &[Clue] = &[
    some(
        In::Entity,
        "social_account creator influencer audience product. producto menu photo gallery review brand. content_asset",
        8,
        3,
        2,
        "is about what can be shown in pictures",
    ),
    some(
        In::Field,
        "image_url video_url media_url thumbnail caption reel. reels. carousel carrusel stories story.",
        8,
        4,
        2,
        "is a picture to show",
    ),
];
const VIDEO: &[Clue] = &[
    some(
        In::Entity,
        "video reel reels. clip creator influencer episode",
        16,
        5,
        2,
        "is about videos",
    ),
    some(In::Function, "video reel reels. clip", 12, 4, 1, "makes videos"),
];

const fn post(
    connector: &'static str,
    named: Words,
    around: &'static [&'static [Clue]],
    title: &'static str,
    prompt: &'static str,
) -> Offer {
    Offer {
        connector,
        kind: "post",
        intents: "publish_post create_post publish_text publish_photo upload_media publish post create",
        on: Some(On {
            named,
            ground: 36,
            says: "is written for the public",
            fields: FIELDS,
        }),
        around,
        when: When::Matters,
        title,
        prompt,
        own: None,
    }
}

/// The offers.
pub(super) const OFFERS: &[Offer] = &[
    post(
        "linkedin",
        POST,
        &[SEEN, BUSINESS],
        "{Things} on LinkedIn",
        "When {a} {happens}, publish it on LinkedIn[ with its {text}]",
    ),
    post(
        "instagram",
        POST,
        &[SEEN, PICTURES],
        "{Things} on Instagram",
        "When {a} {happens}, publish it on Instagram[ with its {image}]",
    ),
    post(
        "facebook_pages",
        POST,
        &[SEEN],
        "{Things} on the Facebook page",
        "When {a} {happens}, publish it on our Facebook page[ with its {text}]",
    ),
    post(
        "tiktok",
        POST,
        &[SEEN, VIDEO],
        "{Things} on TikTok",
        "When {a} {happens}, publish it on TikTok",
    ),
    post(
        "x",
        POST,
        &[SEEN],
        "{Things} on X",
        "When {a} {happens}, post it on X[ with its {text}]",
    ),
    post(
        "youtube",
        "video. videos. episode",
        &[SEEN, VIDEO],
        "{Things} on YouTube",
        "When {a} {happens}, put it on YouTube",
    ),
];
