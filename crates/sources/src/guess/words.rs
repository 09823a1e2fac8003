//! The words of column names as concepts: English, Chinese, German, French,
//! Spanish, Italian and Portuguese. Accents are folded, so that `Numéro` and
//! `numero` are one word.

/// What a word of a column's name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Concept {
    Customer,
    Order,
    Product,
    Line,
    Id,
    Time,
    /// Some other moment than the order's: shipping, birth, registration.
    OtherTime,
    Period,
    Quantity,
    Count,
    Unit,
    Price,
    Amount,
    Total,
    Cost,
    Discount,
    Tax,
    Channel,
    /// Something that happened: event, action, behaviour.
    Event,
    /// Lost: churn, left, cancelled.
    Lost,
    /// The opposite: retained, active, renewed.
    Kept,
    /// An outcome without saying which: label, target, y.
    Outcome,
    Status,
    Name,
    Contact,
    Description,
    Category,
    /// Says nothing: `the`, `is`, `main`.
    Neutral,
    /// A word that is not known.
    Other,
}

use Concept::*;

/// Words that join others in a name of several: `numéro de commande`. Alone, and
/// inside a word, they are not looked for: they are too short to be sure of.
const JOINING: &[&str] = &[
    "de", "du", "des", "le", "la", "les", "l", "d", "del", "el", "los", "las", "di", "da", "do",
    "dos", "das", "della", "dello", "delle", "il", "lo", "der", "die", "von",
];

/// Words by concept. Where two concepts hold, both are listed (`sku` is an
/// identifier of a product).
#[rustfmt::skip]
const WORDS: &[(&[Concept], &[&str])] = &[
    (&[Customer], &[
        "customer", "customers", "cust", "client", "clients", "user", "users", "member", "members", "buyer", "shopper", "account", "acct",
        "household", "subscriber", "patron", "consumer", "visitor", "player", "cardholder", "policyholder", "student", "passenger", "guest", "contact",
        "客户", "顾客", "会员", "用户", "买家", "消费者", "账户", "账号", "帐号", "客戶", "顧客", "會員", "用戶", "买方", "订户",
        "kunde", "kunden", "kundin", "mitglied", "mitglieder", "nutzer", "benutzer", "kaufer", "kaeufer", "besteller", "debitor", "abonnent", "teilnehmer", "konto", "cliente", "clientes", "clienti", "acheteur", "adherent", "membre", "membres", "abonne", "abonnes", "utilisateur", "usager", "consommateur", "comprador", "compradores", "miembro", "miembros", "socio", "socios", "usuario", "usuarios", "abonado", "consumidor", "cuenta", "acquirente", "utente", "utenti", "membro", "membri", "consumatore", "membros", "assinante", "conta",
    ]),
    (&[Customer, Id], &[
        "uid", "userid", "openid", "unionid", "msisdn", "memberid", "custid", "cid", "卡号", "会员卡",
        "kdnr", "kundennr",
    ]),
    (&[Order], &[
        "order", "orders", "invoice", "invoices", "receipt", "transaction", "transactions", "trans", "txn", "trx", "tran", "basket", "bill",
        "ticket", "purchase", "purchases", "sale", "cart", "booking", "deal", "trade", "created", "create", "placed", "bought", "purchased",
        "订单", "发票", "单据", "小票", "交易", "流水", "账单", "购物", "下单", "购买", "消费", "成交", "销售单", "訂單", "發票", "创建", "购货",
        "rechnung", "rechnungen", "rechnungs", "auftrag", "auftrags", "bestellung", "bestellungen", "bestellungs", "bestell", "beleg", "belege", "kauf", "bon", "kassenbon", "vorgang", "vorgangs", "quittung", "buchung", "buchungs", "transaktion", "transaktions", "commande", "commandes", "facture", "factures", "achat", "achats", "panier", "recu", "pedido", "pedidos", "factura", "facturas", "compra", "compras", "orden", "ordenes", "recibo", "recibos", "boleta", "transaccion", "ordine", "ordini", "fattura", "fatture", "acquisto", "acquisti", "scontrino", "scontrini", "ricevuta", "transazione", "encomenda", "encomendas", "fatura", "faturas", "transacao",
    ]),
    (&[Product], &[
        "product", "products", "prod", "item", "items", "article", "stock", "goods", "material", "merchandise", "book", "film", "movie", "song", "title",
        "商品", "产品", "货品", "物料", "货物", "单品", "品项", "產品", "物品", "宝贝",
        "produkt", "produkte", "produkts", "artikel", "ware", "waren", "produit", "produits", "articles", "marchandise", "producto", "productos", "articulo", "articulos", "mercancia", "prodotto", "prodotti", "articolo", "articoli", "merce", "produto", "produtos", "artigo", "artigos", "mercadoria",
    ]),
    (&[Product, Id], &["sku", "asin", "ean", "upc", "gtin", "isbn", "barcode", "plu", "货号", "款号", "条码", "条形码", "料号"]),
    (&[Line], &[
        "line", "row", "seq", "sequence", "position", "行", "行号", "序号",
        "zeile", "posten", "ligne", "lignes", "linea", "lineas", "riga", "righe", "linha", "linhas",
    ]),
    (&[Id], &[
        "id", "ids", "no", "nr", "num", "number", "code", "key", "ref", "reference", "identifier", "uuid", "guid", "hash", "sk", "pk", "#",
        "编号", "号", "编码", "代码", "号码", "标识", "单号", "编", "編號",
        "nummer", "nummern", "kennung", "schlussel", "schluessel", "referenz", "numero", "numeros", "nº", "n°", "nro", "cle", "identifiant", "codigo", "cod", "clave", "identificador", "referencia", "codice", "chiave", "identificativo", "riferimento", "chave",
    ]),
    (&[Order, Id], &["订单号", "流水号", "发票号", "单据号", "交易号", "小票号", "invoiceno", "orderid"]),
    (&[Time], &[
        "date", "dates", "time", "datetime", "timestamp", "ts", "at", "dt", "when", "moment", "日期", "时间", "時間", "时刻", "日", "day", "on",
        "datum", "zeit", "zeitpunkt", "zeitstempel", "uhrzeit", "heure", "horodatage", "fecha", "hora", "fechahora", "data",
    ]),
    (&[OtherTime], &[
        "ship", "shipped", "shipping", "delivery", "delivered", "due", "birth", "birthday", "dob", "registration", "register", "registered", "signup", "joined",
        "join", "updated", "update", "modified", "expiry", "expires", "end", "start", "cancel", "return", "returned", "first", "last", "approved", "required", "paid",
        "发货", "收货", "到货", "出生", "生日", "注册", "更新", "修改", "到期", "开始", "结束", "首次", "最近", "最后", "退货", "签收", "开户", "入会",
        "liefer", "lieferung", "versand", "geburt", "geburts", "registrierung", "anmeldung", "anderung", "aenderung", "fallig", "faellig", "livraison", "expedition", "naissance", "inscription", "echeance", "entrega", "envio", "nacimiento", "registro", "vencimiento", "consegna", "spedizione", "nascita", "iscrizione", "scadenza", "nascimento", "cadastro", "vencimento",
    ]),
    (&[Period], &[
        "month", "monthly", "year", "yearly", "annual", "annually", "week", "weekly", "daily", "quarter", "quarterly", "月", "年", "周", "季", "每月", "每年", "月度", "年度", "月均", "月租",
        "monat", "monatlich", "jahr", "jahrlich", "jaehrlich", "woche", "quartal", "mois", "mensuel", "annee", "annuel", "semaine", "mes", "mensual", "anual", "semana", "mese", "mensile", "annuale", "settimana", "mensal",
    ]),
    (&[Quantity], &[
        "quantity", "qty", "quantities", "units", "pieces", "pcs", "volume", "数量", "件数", "数目", "销量", "个数", "數量", "件", "份数",
        "menge", "mengen", "anzahl", "stuckzahl", "stueckzahl", "quantite", "quantites", "qte", "cantidad", "cantidades", "unidades", "piezas", "quantita", "qta", "pezzi", "quantidade", "quantidades", "qtd", "qtde",
    ]),
    (&[Count], &[
        "count", "cnt", "n", "nb", "times", "次数", "frequency", "频次", "频率",
        "haufigkeit", "haeufigkeit", "frequence", "frecuencia", "frequenza", "frequencia",
    ]),
    (&[Unit], &[
        "unit", "each", "per", "单位", "单",
        "einzel", "einheit", "unite", "unitaire", "unidad", "unitario", "unitaria", "unita", "unidade",
    ]),
    (&[Price], &[
        "price", "prices", "rate", "prix", "preis", "价格", "价", "售价", "價格",
        "preise", "verkaufspreis", "precio", "precios", "prezzo", "prezzi", "preco", "precos",
    ]),
    (&[Unit, Price], &[
        "单价", "unitprice", "單價",
        "einzelpreis", "stuckpreis", "stueckpreis",
    ]),
    (&[Amount], &[
        "amount", "amt", "sales", "revenue", "turnover", "spend", "spent", "spending", "value", "payment", "payments", "charge", "charges", "gmv", "fee", "fees",
        "premium", "arpu", "money", "dollars", "paid_amount", "worth", "expenditure", "monetary",
        "金额", "销售额", "实付", "应付", "实收", "支付", "付款", "货款", "營業額", "金額", "费用", "月费", "保费", "花费", "消费额", "额",
        "betrag", "betrage", "betraege", "umsatz", "umsatze", "umsaetze", "wert", "warenwert", "erlos", "erloes", "zahlung", "zahlungs", "gebuhr", "gebuehr", "montant", "montants", "valeur", "paiement", "ventes", "importe", "importes", "monto", "valor", "ingreso", "ingresos", "ventas", "pago", "importo", "importi", "valore", "incasso", "ricavo", "vendite", "pagamento", "montante", "receita", "vendas",
    ]),
    (&[Total], &[
        "total", "sum", "subtotal", "net", "gross", "extended", "grand", "总", "合计", "小计", "总计", "总额",
        "gesamt", "summe", "brutto", "netto", "zwischensumme", "totale", "totaux", "somme", "suma", "bruto", "neto", "neta", "somma", "lordo", "soma",
    ]),
    (&[Total, Amount], &["总金额", "总价", "總價", "linetotal"]),
    (&[Cost], &[
        "cost", "costs", "cogs", "成本", "进价", "采购价", "成本价",
        "kosten", "einkaufspreis", "cout", "couts", "coste", "costes", "costo", "costi", "custo", "custos",
    ]),
    (&[Discount], &[
        "discount", "discounts", "rebate", "coupon", "promo", "promotion", "markdown", "disc", "折扣", "优惠", "减免", "折让", "满减",
        "rabatt", "rabatte", "gutschein", "nachlass", "skonto", "remise", "ristourne", "descuento", "descuentos", "rebaja", "sconto", "sconti", "desconto", "descontos", "cupom",
    ]),
    (&[Tax], &[
        "tax", "vat", "税", "税额", "gst",
        "steuer", "mwst", "tva", "taxe", "impuesto", "iva", "imposta", "imposto",
    ]),
    (&[Channel], &[
        "channel", "platform", "source", "medium", "渠道", "平台", "来源", "通路", "途径",
        "kanal", "vertriebskanal", "plattform", "canal", "canaux", "plateforme", "canale", "plataforma", "piattaforma",
    ]),
    (&[Event], &[
        "event", "events", "action", "actions", "activity", "behavior", "behaviour", "interaction", "operation", "message", "messages", "msg",
        "事件", "行为", "動作", "动作", "操作", "行為", "互动", "消息",
        "ereignis", "ereignisse", "aktion", "aktivitat", "aktivitaet", "evenement", "evenements", "activite", "evento", "eventos", "accion", "actividad", "eventi", "azione", "attivita", "acao", "atividade",
    ]),
    (&[Lost], &[
        "churn", "churned", "churns", "attrition", "attrited", "lost", "left", "exited", "exit", "cancelled", "canceled", "defected", "lapsed", "unsubscribed", "dropout",
        "withdrawn", "leaver", "leave", "流失", "离网", "退订", "注销", "销户", "离开", "退网", "流失率",
        "gekundigt", "gekuendigt", "kundigung", "kuendigung", "abgewandert", "abwanderung", "verloren", "resilie", "resiliation", "perdu", "perdido", "cancelado", "abandono", "disdetta", "abbandono",
    ]),
    (&[Kept], &[
        "retained", "retention", "retain", "active", "stayed", "stay", "renewed", "renewal", "renew", "loyal", "alive", "survived", "returning", "留存", "续约", "续费", "活跃", "保留", "在网", "复购",
        "aktiv", "actif", "fidele", "renouvele", "activo", "fiel", "renovado", "attivo", "fedele", "rinnovato", "ativo",
    ]),
    (&[Outcome], &[
        "label", "labels", "target", "outcome", "class", "y", "response", "result", "标签", "目标", "结果", "标记",
        "ziel", "zielvariable", "ergebnis", "cible", "resultat", "resultado", "objetivo", "etiqueta", "risultato", "esito", "etichetta",
    ]),
    (&[Status], &[
        "status", "state", "状态", "狀態",
        "zustand", "etat", "statut", "estado", "stato",
    ]),
    (&[Name], &[
        "name", "names", "fullname", "firstname", "lastname", "surname", "forename", "username", "nickname", "姓名", "名称", "名", "昵称", "名字", "品名",
        "vorname", "nachname", "familienname", "benutzername", "nom", "prenom", "nome", "cognome", "sobrenome", "apellido", "apellidos",
    ]),
    (&[Contact], &[
        "email", "mail", "e-mail", "phone", "telephone", "tel", "mobile", "cell", "cellphone", "fax", "address", "street", "postcode", "zipcode", "passport", "ssn", "iban", "wechat", "qq",
        "邮箱", "电邮", "邮件", "电话", "手机", "手机号", "地址", "身份证", "微信", "住址", "联系方式",
        "telefon", "handy", "adresse", "strasse", "plz", "postleitzahl", "anschrift", "courriel", "rue", "correo", "telefono", "movil", "direccion", "calle", "indirizzo", "cellulare", "telefone", "celular", "endereco", "morada",
    ]),
    (&[Description], &[
        "description", "desc", "details", "text", "描述", "说明", "备注", "note", "comment",
        "beschreibung", "bezeichnung", "bemerkung", "libelle", "designation", "descripcion", "descrizione", "descricao",
    ]),
    (&[Category], &[
        "category", "cat", "brand", "department", "type", "group", "genre", "family", "类别", "分类", "品类", "品牌", "类目", "类型",
        "kategorie", "warengruppe", "marke", "gruppe", "abteilung", "categorie", "marque", "famille", "categoria", "marca", "grupo", "familia", "departamento", "gruppo", "reparto",
    ]),
    (&[Neutral], &[
        "the", "of", "is", "has", "flag", "a", "in", "my", "our", "shop", "store", "main", "master", "primary", "unique", "dim", "fact", "col", "column", "field", "是否", "的", "本", "所",
        "ist", "est",
    ]),
];

/// The concepts of a column's name, word by word.
pub(super) fn concepts(name: &str) -> Vec<Concept> {
    let mut out = Vec::new();
    let pieces = pieces(name);
    for piece in &pieces {
        if pieces.len() > 1 && JOINING.contains(&piece.as_str()) {
            out.push(Neutral);
        } else if let Some(found) = look_up(piece) {
            out.extend_from_slice(found);
        } else {
            match segment(piece) {
                Some(found) => out.extend(found),
                None => out.push(Other),
            }
        }
    }
    out
}

/// Whether a column's name has one of `words`: as a word of its own, or at the end of
/// one that is otherwise made of known words (`orderdate`, but not `lifetime`); of
/// Chinese and Japanese anywhere.
pub(crate) fn has_word(name: &str, words: &[&str]) -> bool {
    pieces(name).iter().any(|piece| {
        words.iter().any(|word| match word.is_ascii() {
            true => piece.strip_suffix(word).is_some_and(|before| {
                before.is_empty() || look_up(before).is_some() || segment(before).is_some()
            }),
            false => piece.contains(word),
        })
    })
}

/// Lower-case words: cut at signs, digits, changes of script and capitals.
pub(super) fn pieces(name: &str) -> Vec<String> {
    #[derive(PartialEq, Clone, Copy)]
    enum Class {
        Lower,
        Upper,
        Wide,
        None,
    }
    let class = |c: char| match c {
        // `N°` is one word.
        c if c.is_lowercase() || c == '°' => Class::Lower,
        c if c.is_uppercase() => Class::Upper,
        c if c.is_alphabetic() => Class::Wide,
        _ => Class::None,
    };
    let chars: Vec<char> = name.chars().collect();
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = Class::None;
    for (i, c) in chars.iter().enumerate() {
        let now = class(*c);
        let next = chars.get(i + 1).map_or(Class::None, |c| class(*c));
        // `unitPrice` cuts before P; `SKUCode` before C.
        let cut = match (before, now) {
            (Class::Lower, Class::Upper) => true,
            (Class::Upper, Class::Upper) => next == Class::Lower,
            (Class::Wide, now) => now != Class::Wide,
            (_, Class::Wide | Class::None) => true,
            _ => false,
        };
        if cut && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if now != Class::None {
            for letter in c.to_lowercase() {
                fold(letter, &mut word);
            }
        }
        before = now;
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// Adds a lower-case letter without its accent, as many files write it anyway.
fn fold(letter: char, word: &mut String) {
    let plain = match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ß' => return word.push_str("ss"),
        other => other,
    };
    word.push(plain);
}

pub(super) fn look_up(word: &str) -> Option<&'static [Concept]> {
    WORDS
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(concepts, _)| *concepts)
}

/// A word made of known words without a sign between them (`customerid`,
/// `商品编号`), longest first; `None` unless all of it is known. Of Chinese,
/// unknown characters are passed over as one unknown word.
fn segment(word: &str) -> Option<Vec<Concept>> {
    let chars: Vec<char> = word.chars().collect();
    let wide = chars.iter().any(|c| c.is_alphabetic() && !c.is_lowercase());
    let mut out = Vec::new();
    let mut at = 0;
    let mut unknown = false;
    while at < chars.len() {
        let least = if wide { 1 } else { 2 };
        let found = (least..=chars.len() - at).rev().find_map(|length| {
            let part: String = chars.get(at..at + length)?.iter().collect();
            let known = look_up(&part)?;
            Some((length, known))
        });
        match found {
            Some((length, known)) => {
                out.extend_from_slice(known);
                at += length;
            }
            None if wide => {
                unknown = true;
                at += 1;
            }
            None => return None,
        }
    }
    if unknown {
        out.push(Other);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_concepts() {
        for (name, expected) in [
            ("CustomerID", vec![Customer, Id]),
            ("customer_id", vec![Customer, Id]),
            ("CUSTOMERID", vec![Customer, Id]),
            ("userid", vec![Customer, Id]),
            ("InvoiceNo", vec![Order, Id]),
            ("StockCode", vec![Product, Id]),
            ("SKUCode", vec![Product, Id, Id]),
            ("UnitPrice", vec![Unit, Price]),
            ("unit price", vec![Unit, Price]),
            ("客户编号", vec![Customer, Id]),
            ("订单日期", vec![Order, Time]),
            ("商品名称", vec![Product, Name]),
            ("单价(元)", vec![Unit, Price, Other]),
            ("MonthlyCharges", vec![Period, Amount]),
            ("是否流失", vec![Neutral, Lost]),
            ("qx7_foo", vec![Other, Other]),
            ("c1", vec![Other]),
            ("la", vec![Other]),
        ] {
            assert_eq!(concepts(name), expected, "{name}");
        }
    }

    #[test]
    fn names_of_other_languages_become_the_same_concepts() {
        for (name, expected) in [
            ("Kunde", vec![Customer]),
            ("KundenNr", vec![Customer, Id]),
            ("Kundennummer", vec![Customer, Id]),
            ("Käufer", vec![Customer]),
            ("Rechnungsnummer", vec![Order, Id]),
            ("Rechnungsdatum", vec![Order, Time]),
            ("Stückpreis", vec![Unit, Price]),
            ("Gesamtbetrag", vec![Total, Amount]),
            ("Numéro de commande", vec![Id, Neutral, Order]),
            ("N° client", vec![Id, Customer]),
            ("Date d'achat", vec![Time, Neutral, Order]),
            ("Prix unitaire", vec![Price, Unit]),
            ("ID de cliente", vec![Id, Neutral, Customer]),
            ("Nº pedido", vec![Id, Order]),
            ("Fecha de compra", vec![Time, Neutral, Order]),
            ("Codice cliente", vec![Id, Customer]),
            ("Quantità", vec![Quantity]),
            ("Preço unitário", vec![Price, Unit]),
            ("codcliente", vec![Id, Customer]),
        ] {
            assert_eq!(concepts(name), expected, "{name}");
        }
    }

    #[test]
    fn no_word_is_listed_twice() {
        let mut seen = std::collections::HashSet::new();
        for word in WORDS.iter().flat_map(|(_, words)| words.iter()) {
            assert!(seen.insert(word), "`{word}` is listed twice");
        }
    }
}
