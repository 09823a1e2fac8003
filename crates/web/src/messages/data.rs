//! What was read and how good it is.

messages! {
    NAME = "The data", "数据";
    QUESTION = "What was read, and how good is it?", "读取了什么数据，质量如何？";

    ROWS_TITLE = "{share} of the rows read can be used", "读取的行中有{share}可用";
    ROWS_ANSWER = "{files} {files:file|files} gave {rows} {rows:row|rows}: {kept} kept, {quarantined} set aside with a reason, {duplicates} {duplicates:duplicate|duplicates}.",
        "{files}个文件共{rows}行：保留{kept}行，隔离{quarantined}行（均注明原因），重复{duplicates}行。";
    ROWS_ADD_UP = "Rows read equal rows kept, set aside and duplicated, in every file.",
        "每个文件的读取行数都等于保留、隔离、重复行数之和。";
    ROWS_DO_NOT_ADD_UP = "In {files}, the rows read do not equal those kept, set aside and duplicated: please report this as a bug.",
        "{files}的读取行数与保留、隔离、重复行数之和不符：这是程序缺陷，请报告。";
    ROWS_ANONYMOUS = "{n} kept {n:row names|rows name} no customer ({share}): they count in the totals of the business but belong to nobody.",
        "保留的行中有{n}行没有客户标识（{share}）：它们计入业务总额，但不属于任何客户。";
    ROWS_BARS = "Rows by file", "各文件的行";
    ROWS_TABLE = "Files read", "已读取的文件";
    ROWS_SHOW = "Show file by file", "逐个文件查看";
    COL_FILE = "File", "文件";
    COL_TABLE = "Table", "数据表";
    COL_READ = "Rows read", "读取行数";
    COL_KEPT = "Kept", "保留";
    COL_QUARANTINED = "Set aside", "隔离";
    COL_DUPLICATE = "Duplicates", "重复";
    COL_ANONYMOUS = "Without customer", "无客户标识";
    COL_PERIOD = "Period", "时间范围";
    COL_SHARE = "Kept, set aside, duplicates", "保留、隔离、重复";
    NO_DATES = "no dates", "没有日期";

    REASONS_TITLE = "{share} of the rows set aside have one reason: {reason}",
        "隔离的行中有{share}出于同一原因：{reason}";
    REASONS_ANSWER = "Nothing is dropped in silence: every row set aside is kept with its reason in the table `quarantine`.",
        "没有任何一行被悄悄丢弃：每个隔离的行都连同原因保存在 `quarantine` 表中。";
    REASONS_TABLE = "Why rows were set aside", "隔离原因";
    COL_REASON = "Reason", "原因";
    COL_ROWS = "Rows", "行数";
    COL_OF_THESE = "Share", "占比";

    TOTALS_TITLE = "The plain totals before any cleaning, to hold against your own books",
        "清洗前各列合计，可与贵方账目核对";
    TOTALS_ANSWER = "Each total is the exact sum of the column as it stands in the file.",
        "每个合计都是文件中该列原值的精确加总。";
    TOTALS_TABLE = "Totals of the number columns", "数值列合计";
    COL_COLUMN = "Column", "列";
    COL_TOTAL = "Total", "合计";
    COL_EMPTY = "Empty cells", "空单元格";
    COL_NOT_NUMERIC = "Not a number", "非数值";

    WARNINGS_NONE = "Nothing in the data stands in the way of the conclusions below",
        "数据中没有影响下述结论的问题";
    WARNINGS_TITLE = "{n} {n:warning|warnings} about the data, {serious} of them serious",
        "数据有{n}条警告，其中{serious}条严重";
    WARNINGS_ANSWER = "A serious warning means that conclusions below may be wrong because of it.",
        "严重警告意味着下述结论可能因此有误。";
    SERIOUS = "Serious:", "严重：";
    NOTE = "Note:", "提示：";
}
