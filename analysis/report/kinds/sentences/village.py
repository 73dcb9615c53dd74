"""What a village brief says."""

from analysis.report.kinds.voice import Sentences

SENTENCES: Sentences = {
    "zh": {
        "title": "{village}村情简报",
        "whom": "访谈对象",
        "whom_kinds": "访谈农户{n}户，其中{kinds}；名册登记{frame}户。",
        "whom_plain": "访谈农户{n}户；名册登记{frame}户。",
        "whom_no_frame": "访谈农户{n}户，其中{kinds}。",
        "kind": "{name}{n}户",
        "main": "主要情况",
        "good": "做得较好的方面",
        "weak": "需要关注的方面",
        "nothing_weak": "有参考标准的指标中，没有低于参考标准的。",
        "nothing_good": "有参考标准的指标中，没有达到参考标准的。",
        "problems": "已核实的问题",
        "table": "{village}与{county}所访农户对照",
        "this_village": "本村",
        "all_visited": "全县所访",
        "few": "本村访谈户数不多，比例须与户数一并阅读。",
        "no_interview": "本次调研在该村没有通过审核的访谈。",
    },
    "en": {
        "title": "Village brief: {village}",
        "whom": "Who was interviewed",
        "whom_kinds": "{n} households were interviewed ({kinds}); {frame} are on the roster.",
        "whom_plain": "{n} households were interviewed; {frame} are on the roster.",
        "whom_no_frame": "{n} households were interviewed ({kinds}).",
        "kind": "{n} {name}",
        "main": "Main figures",
        "good": "What is in order",
        "weak": "What needs attention",
        "nothing_weak": "No indicator with a reference value falls short of it.",
        "nothing_good": "No indicator with a reference value reaches it.",
        "problems": "Verified issues",
        "table": "{village} beside all households visited in {county}",
        "this_village": "The village",
        "all_visited": "All visited",
        "few": "Few households were interviewed here; read shares together with their counts.",
        "no_interview": "No accepted interview was held in this village.",
    },
}
