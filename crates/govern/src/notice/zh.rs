//! The notice in Chinese, by the Personal Information Protection Law (PIPL).

use super::{Notice, categories};
use crate::Language;
use crate::declared::{ground, length};
use crate::page::{cell, markdown};

/// How a blank begins.
pub(super) const BLANK: &str = "〔待填写：";

fn blank(what: &str) -> String {
    format!("{BLANK}{what}〕")
}

fn or_blank(value: &Option<String>, what: &str) -> String {
    value.as_deref().map_or_else(|| blank(what), cell)
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| cell(name)).collect();
    names.join("、")
}

pub(super) fn page(notice: &Notice) -> String {
    let parts = [
        head(notice),
        held(notice),
        why(notice),
        profiling(notice),
        others(notice),
        rights(notice),
    ];
    parts.join("\n")
}

fn head(notice: &Notice) -> String {
    let controller = &notice.controller;
    let name = or_blank(&controller.name, "个人信息处理者名称");
    let address = or_blank(&controller.address, "联系地址");
    let contact = or_blank(&controller.contact, "受理请求的邮箱或页面");
    let officer = or_blank(&controller.officer, "个人信息保护负责人，如无须指定请说明");
    format!(
        "# 个人信息保护告知\n\n\
         *草稿，{}，根据项目 {} 的设置生成。请补全括号中的内容，并请法务人员审阅。*\n\n\
         ## 我们是谁\n\n\
         {name}（{address}）决定处理您个人信息的目的和方式。\n\n\
         - 与您的个人信息有关的请求，请联系：{contact}\n\
         - 个人信息保护负责人：{officer}\n",
        notice.day,
        cell(&notice.project),
    )
}

fn held(notice: &Notice) -> String {
    let mut text = String::from(
        "## 我们持有哪些信息，来自何处\n\n\
         您的姓名等身份信息以您专属的密钥加密保存；其余信息只对应一个编号，只有通过该密钥才能找到您。\n\n",
    );
    let rows: Vec<Vec<String>> = notice
        .sources
        .iter()
        .map(|source| {
            vec![
                source.source.clone(),
                categories(source, Language::Zh).join("；"),
                source.owner.clone().unwrap_or_else(|| blank("负责人")),
            ]
        })
        .collect();
    text += &markdown(&["数据源", "包含的信息", "负责人"], &rows);
    let sensitive = notice.sensitive();
    if !sensitive.is_empty() {
        let names: Vec<String> = sensitive.into_iter().map(cell).collect();
        text += &format!(
            "\n其中属于敏感个人信息的有：{}。处理敏感个人信息须取得您的单独同意（《个人信息保护法》第二十九条）。\
             处理的必要性及对您权益的影响（第三十条）：{}。\n",
            names.join("、"),
            blank("必要性与影响"),
        );
    }
    text
}

fn why(notice: &Notice) -> String {
    let mut text = String::from("## 处理目的、法律依据和保存期限\n\n");
    let rows: Vec<Vec<String>> = notice
        .sources
        .iter()
        .map(|source| {
            let kept = match &source.keep {
                Some(keep) => format!("自发生之日起 {}", length(keep, Language::Zh)),
                None => blank("保存期限或其确定方法"),
            };
            let by_law = source.must_keep.as_ref().map_or_else(String::new, |must| {
                format!("；法律要求保存 {}", length(must, Language::Zh))
            });
            vec![
                source.source.clone(),
                source.purpose.clone().unwrap_or_else(|| blank("处理目的")),
                source
                    .legal_ground
                    .as_ref()
                    .map_or_else(|| blank("法律依据"), |word| ground(word, Language::Zh)),
                format!("{kept}{by_law}"),
            ]
        })
        .collect();
    text += &markdown(&["数据源", "目的", "法律依据", "保存期限"], &rows);
    text += &format!(
        "\n无法读取的记录会加密保存 {}，以便修复，之后删除其内容。到期的信息会在下一次运行时从所有表中清除。\n",
        length(&notice.keep_set_aside, Language::Zh),
    );
    text
}

fn profiling(notice: &Notice) -> String {
    let profiling = &notice.profiling;
    let method = match profiling.model.as_deref() {
        Some("logistic_regression") => {
            "逻辑回归：每一项已知信息按权重提高或降低概率，权重由以往客户的情况得出"
        }
        Some("plain_rule") => "一条简单规则：只看一个数值，与以往客户比较",
        _ => "由以往客户的情况得出的统计模型",
    };
    let mut text = format!(
        "## 自动化决策\n\n\
         我们根据上述信息推算您离开我们的可能性（{}）。所用方法是{method}。",
        cell(&profiling.lost_zh),
    );
    if !profiling.looks_at.is_empty() {
        let names: Vec<String> = profiling.looks_at.iter().map(|(_, zh)| cell(zh)).collect();
        text += &format!("影响最大的是：{}。", names.join("；"));
    }
    if profiling.has_money {
        text += "我们还会估算客户每年带来的价值。";
    }
    text += "\n\n";
    if profiling.offers.is_empty() {
        text += "我们不据此作出决定，只用来判断应多关心哪些客户。\n";
    } else {
        text += &format!(
            "我们据此选择向谁提供优惠（{}）：预期收益高于成本时才会提供。\
             另有 {} 的客户由抽签决定不参加，用来检验优惠是否有效。\
             对您的影响是得到或得不到优惠；价格和合同不受影响，不会在交易价格等交易条件上实行不合理的差别待遇。\
             程序只提出建议，不发送任何消息，由我们的工作人员决定。\n",
            listed(&profiling.offers),
            profiling.hold_out,
        );
    }
    text += "\n根据《个人信息保护法》第二十四条，您可以要求我们予以说明，可以拒绝仅通过自动化决策的方式作出的决定，\
             也可以选择不针对您个人特征的推送，或以便捷的方式拒绝推送。\n";
    text
}

fn others(notice: &Notice) -> String {
    let controller = &notice.controller;
    let mut text = String::from("## 向他人提供\n\n");
    match controller.recipients.is_empty() {
        true => text += "我们不向他人提供您的个人信息。\n",
        false => {
            text += &format!(
                "我们向以下各方提供您的个人信息：{}。提供前会告知接收方的名称、联系方式、处理目的、处理方式和信息种类，\
                 并取得您的单独同意（第二十三条）：{}。\n",
                listed(&controller.recipients),
                blank("接收方的联系方式、目的、方式和种类"),
            );
        }
    }
    match controller.countries.is_empty() {
        true => text += "\n我们不向境外提供您的个人信息。\n",
        false => {
            text += &format!(
                "\n我们向境外提供您的个人信息：{}。依照第三十八条和第三十九条，须具备相应条件、告知境外接收方的情况，\
                 并取得您的单独同意：{}。\n",
                listed(&controller.countries),
                blank("境外接收方的名称、联系方式、目的、方式、种类，以及向其行使权利的方式"),
            );
        }
    }
    text
}

fn rights(notice: &Notice) -> String {
    let contact = or_blank(&notice.controller.contact, "受理请求的邮箱或页面");
    let authority = or_blank(&notice.controller.authority, "履行个人信息保护职责的部门");
    let mut rights = vec![
        "知情和决定，限制或者拒绝我们处理（第四十四条）",
        "查阅、复制，以及在符合条件时转移给您指定的处理者（第四十五条）",
        "更正、补充（第四十六条）",
        "删除；法律规定的保存期限未满的，我们只存储，不作他用，到期即删除（第四十七条）",
        "要求我们解释说明处理规则（第四十八条）",
        "亡故者的近亲属可依法查阅、复制、更正、删除其信息（第四十九条）",
    ];
    if notice.rests_on("consent") {
        rights.push("随时撤回同意，撤回前已进行的处理仍然有效（第十五条）");
    }
    let rights: Vec<String> = rights.iter().map(|right| format!("- {right}")).collect();
    format!(
        "## 您的权利\n\n您可以：\n\n{}\n\n\
         请联系 {contact}，我们会及时受理，不予办理的会说明理由（第五十条）。您也可以向{authority}投诉、举报（第六十五条）。\n",
        rights.join("\n"),
    )
}
